import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, findProject } from '#platform';
import { crashModel, hugeAllocationModel, loopForeverModel, memoryBombModel, nanModel, writeModelFolder, type ToyModel } from '#testing';
import { ChildPool } from './child-pool.js';
import type { ModelFiles, RunOptions } from './runner.js';

jest.setTimeout(60_000);

// Real graphs in the real runtime, each with a fault that waits for `trigger`.
const logger = createLogger({ level: 'silent', app: 'test' });
const entry = join(findProject().root, 'dist/libs/runner/test/ask-child.js');
const calm: RunOptions = { deadline: null, memoryLimitBytes: 2 ** 31, signal: new AbortController().signal };
let pool: ChildPool;
let root: string;

beforeAll(async () => {
  pool = new ChildPool({ children: 1, childMemoryBytes: 2 ** 31, logger, entry });
  root = await mkdtemp(join(tmpdir(), 'hostile-'));
});

afterAll(async () => {
  await pool.close();
  await rm(root, { recursive: true, force: true });
});

async function register(name: string, model: ToyModel): Promise<ModelFiles> {
  const folder = join(root, name);
  await writeModelFolder(folder, model);
  const probed = await pool.probe({ folder, name, version: '1' }, calm);
  return { folder, description: probed.description, files: probed.files };
}

async function ask(model: ModelFiles, trigger: number, options: Partial<RunOptions> = {}) {
  const input = { features: { signal: 0, other: 0, trigger } };
  return pool.explain(
    { method: 'ask', request: { input, targets: [{}], params: { repeats: 1 }, seed: 0 }, model, cache: 'bypass' },
    { ...calm, ...options },
  );
}

describe.each<[string, ToyModel, string, Partial<RunOptions>]>([
  ['answers NaN', nanModel(), 'MODEL_OUTPUT_NON_FINITE', {}],
  ['asks for terabytes', hugeAllocationModel(), 'RESOURCE_LIMIT', {}],
  ['takes more and more memory', memoryBombModel(), 'RESOURCE_LIMIT', { memoryLimitBytes: 600 * 2 ** 20 }],
])('a model that %s', (name, toy, code, options) => {
  it(`ends its run with ${code}, and harms no other`, async () => {
    const model = await register(name.replaceAll(' ', '-'), toy);
    const before = await ask(model, 0);
    const failure: unknown = await ask(model, 1, options).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code });
    expect(JSON.stringify(failure)).not.toMatch(/\/(?:tmp|onnxruntime|home|var)/);
    expect((await ask(model, 0)).output.prediction).toEqual(before.output.prediction);
  });
});

describe('a model that never answers', () => {
  it('is killed at the deadline, inside native code', async () => {
    const model = await register('loop', loopForeverModel());
    await ask(model, 0);
    const pids: number[] = [];
    const stuck = ask(model, 1, { deadline: new Date(Date.now() + 700), onStart: (pid) => pids.push(pid) });
    await expect(stuck).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(pool.children().map((child) => child.pid)).not.toContain(pids[0]);
    expect((await ask(model, 0)).output.prediction).toHaveLength(2);
  });
});

// Other processors answer 0 where those of x86 trap.
(process.arch === 'x64' ? describe : describe.skip)('a model that kills its process', () => {
  it('ends its run with MODEL_CRASHED and the signal', async () => {
    const model = await register('crash', crashModel());
    await expect(ask(model, 1)).rejects.toMatchObject({ code: 'MODEL_CRASHED', detail: expect.stringContaining('SIGFPE') });
    expect((await ask(model, 0)).output.prediction).toHaveLength(2);
  });
});
