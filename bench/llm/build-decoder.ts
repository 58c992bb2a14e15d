import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProject } from '#platform';

/**
 * A decoder of half a billion parameters, built once and kept in the folder for temporary files.
 *
 * @returns its folder
 * @throws Error that says what is missing
 */
export async function buildDecoder(tell: (line: string) => void): Promise<string> {
  const { root } = findProject();
  const folder = join(tmpdir(), 'vitrine-bench-decoder');
  const isComplete = await access(join(folder, 'complete')).then(
    () => true,
    () => false,
  );
  if (isComplete) return folder;
  const python = process.env['VITRINE_BENCH_PYTHON'] ?? 'python3';
  tell(`building the decoder in ${folder} (1 GB, some 40 seconds)`);
  const script = join(root, 'bench', 'llm', 'build-decoder.py');
  const tokenizer = join(root, 'models', 'stories260k', 'tokenizer.json');
  try {
    await promisify(execFile)(python, [script, folder, tokenizer], { maxBuffer: 2 ** 26 });
  } catch (error) {
    const cause = error instanceof Error ? error.message.split('\n').slice(-8).join('\n') : String(error);
    throw new Error(
      `${python} could not build the decoder. It needs onnxruntime-genai, onnx_ir, transformers and torch (pip install); ` +
        `VITRINE_BENCH_PYTHON names another Python.\n${cause}`,
      { cause: error },
    );
  }
  return folder;
}
