import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExplainOrder, ModelFiles } from '../src/runner.js';
import { toyDescription } from './toy-model.js';

/** A folder of one small file, registered as it is. */
export function makeToyFiles(): ModelFiles {
  const folder = mkdtempSync(join(tmpdir(), 'toy-model-'));
  const bytes = Buffer.from('f(a, b) = 2a + b');
  writeFileSync(join(folder, 'model.onnx'), bytes);
  return {
    folder,
    description: toyDescription,
    files: [{ name: 'model.onnx', size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }],
  };
}

export function makeToyOrder(model: ModelFiles, behaviour: string): ExplainOrder {
  return {
    method: 'toy',
    request: { input: { features: { a: 1, b: 1 } }, targets: [{}], params: { behaviour }, seed: 1 },
    model,
    cache: 'use',
  };
}
