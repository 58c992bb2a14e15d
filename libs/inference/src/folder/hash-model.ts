import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ModelFile } from './model-folder.js';

/** Reads each file once. */
export async function hashFiles(folder: string, names: readonly string[]): Promise<readonly ModelFile[]> {
  const files: ModelFile[] = [];
  for (const name of names) {
    const hash = createHash('sha256');
    let size = 0;
    await pipeline(
      createReadStream(join(folder, name), { highWaterMark: 1 << 20 }),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          size += chunk.length;
          yield chunk;
        }
      },
      hash,
    );
    files.push({ name, sha256: hash.digest('hex'), size });
  }
  return files;
}

/**
 * The model hash: SHA-256, as lower-case hex, over the UTF-8 bytes of a JSON list with one object for each file,
 *
 *     [{"name":"config.json","sha256":"…64 hex digits…","size":885},{"name":"model.json",…},…]
 *
 * without spaces, keys in the order name, sha256, size, objects in the order of their names by UTF-16 code units:
 * the RFC 8785 form of that list. `name` is relative to the model's folder with `/` between parts, `size` counts bytes.
 * Files on the list, where they exist: model.onnx (or onnx/model.onnx) and the files that hold its external data,
 * tokenizer.json, tokenizer_config.json, config.json, generation_config.json, preprocessor_config.json, model.json, the background, the covers, the KV-cache model
 * and its external data.
 */
export function hashModel(files: readonly ModelFile[]): string {
  const list = files.map(({ name, sha256, size }) => ({ name, sha256, size }));
  list.sort((one, other) => (one.name < other.name ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(list)).digest('hex');
}
