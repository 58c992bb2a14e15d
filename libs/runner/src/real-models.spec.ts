import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger, findProject } from '#platform';
import { ChildPool } from './child-pool.js';
import type { ModelFile, ModelFiles, RunOptions } from './runner.js';

jest.setTimeout(60_000);

// The bundled models in real processes, by the compiled tree.
const { root } = findProject();
const logger = createLogger({ level: 'silent', app: 'test' });
const pool = new ChildPool({ children: 1, childMemoryBytes: 2 ** 31, logger, entry: join(root, 'dist/libs/runner/test/ask-child.js') });
const options: RunOptions = { deadline: null, memoryLimitBytes: 2 ** 31, signal: new AbortController().signal };

afterAll(async () => pool.close());

async function register(name: string): Promise<ModelFiles> {
  const folder = join(root, 'models', name);
  const probed = await pool.probe({ folder, name, version: '1' }, options);
  return { folder, description: probed.description, files: probed.files };
}

async function ask(model: ModelFiles, input: { text: string } | { features: Record<string, string | number> }, repeats = 1) {
  return pool.explain({ method: 'ask', request: { input, targets: [{}], params: { repeats }, seed: 0 }, model, cache: 'bypass' }, options);
}

describe('a bundled model', () => {
  it('sst2-minilm answers in a child as its golden logits say', async () => {
    const model = await register('sst2-minilm');
    const run = await ask(model, { text: 'one long string of cliches .' });
    const [negative, positive] = run.output.prediction.map((one) => ('value' in one ? one.value : Number.NaN));
    // Golden: PyTorch float32, 2.515655040740967 and -3.2004661560058594; both sides round to about 1e-6.
    expect(negative).toBeCloseTo(2.515655040740967, 4);
    expect(positive).toBeCloseTo(-3.2004661560058594, 4);
    expect(run.modelMs).toBeGreaterThan(0);
    expect(run.modelMs).toBeLessThanOrEqual(run.wallMs);
    expect(run.environment).toMatchObject({ intraOpThreads: 1, executionProvider: 'cpu' });
  });

  it('adult-lightgbm and german-credit-logistic share a child, and say the same twice', async () => {
    for (const name of ['adult-lightgbm', 'german-credit-logistic']) {
      const model = await register(name);
      const features = firstRow(model);
      const first = await ask(model, { features });
      const again = await ask(model, { features });
      expect(first.output.prediction).toHaveLength(2);
      expect(again.output.prediction).toEqual(first.output.prediction);
    }
  });

  it('is refused where its files are not the registered ones', async () => {
    const model = await register('adult-lightgbm');
    const forged: ModelFile[] = model.files.map((file) => (file.name === 'model.onnx' ? { ...file, sha256: '0'.repeat(64) } : file));
    await expect(ask({ ...model, files: forged }, { features: firstRow(model) })).rejects.toMatchObject({ code: 'MODEL_FILE_CHANGED' });
  });
});

/** The first row of rows.csv, which holds categories by code for one model and by name for the other. */
function firstRow(model: ModelFiles): Record<string, string | number> {
  const [header = '', row = ''] = readFileSync(join(model.folder, 'rows.csv'), 'utf8').split('\n');
  const values = row.split(',');
  const readCell = (cell: string) => (Number.isNaN(Number(cell)) ? cell : Number(cell));
  return Object.fromEntries(header.split(',').map((name, column) => [name, readCell(values[column] ?? '')]));
}
