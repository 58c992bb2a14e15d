import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ExplainProblem } from '#explainers';
import type { ModelFiles } from './runner.js';

/** Reads the SHA-256 of files, once for each state of a file on disk. */
export class FileVerifier {
  private readonly known = new Map<string, { readonly stamp: string; readonly sha256: string }>();

  /**
   * Holds the files on disk against the registered ones. Files already read in this process are read again only
   * when size, time of change or inode differ.
   *
   * @returns a text that is equal exactly when nothing on disk has changed
   * @throws ExplainProblem MODEL_FILE_MISSING or MODEL_FILE_CHANGED
   */
  async verify(model: ModelFiles): Promise<string> {
    const stamps: string[] = [];
    for (const file of model.files) {
      const path = join(model.folder, file.name);
      const state = await stat(path, { bigint: true }).catch(() => null);
      if (state === null) throw missing(model, file.name);
      if (state.size !== BigInt(file.size)) throw changed(model, `${file.name} has ${state.size} bytes instead of ${file.size}`);
      const stamp = `${state.ino}:${state.size}:${state.mtimeNs}`;
      let known = this.known.get(path);
      if (known?.stamp !== stamp) {
        known = { stamp, sha256: await hashFile(path) };
        this.known.set(path, known);
      }
      if (known.sha256 !== file.sha256) throw changed(model, `the SHA-256 of ${file.name} differs`);
      stamps.push(`${file.name}:${stamp}`);
    }
    return stamps.join('|');
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

function changed(model: ModelFiles, what: string): ExplainProblem {
  return new ExplainProblem('MODEL_FILE_CHANGED', `model ${model.description.name} version ${model.description.version}: ${what}`);
}

function missing(model: ModelFiles, file: string): ExplainProblem {
  return new ExplainProblem(
    'MODEL_FILE_MISSING',
    `${file} of model ${model.description.name} version ${model.description.version} is not where this process looks for it`,
  );
}
