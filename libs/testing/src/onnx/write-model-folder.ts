import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ToyModel } from './toy-models.js';

/** Writes a toy model as a folder that can be registered. The folder is made where it is missing. */
export async function writeModelFolder(folder: string, { onnx, manifest, background }: ToyModel): Promise<void> {
  await mkdir(folder, { recursive: true });
  await Promise.all([
    writeFile(join(folder, 'model.onnx'), onnx),
    writeFile(join(folder, 'model.json'), `${JSON.stringify(manifest, null, 1)}\n`),
    writeFile(join(folder, 'background.csv'), background),
  ]);
}
