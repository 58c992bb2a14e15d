import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { crashModel, writeModelFolder } from '#testing';

let folder: string;

beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'vitrine-crash-'))));
afterAll(() => rm(folder, { recursive: true }));

describe('crashModel', () => {
  // The trap is the processor's: others than x86 answer 0.
  (process.arch === 'x64' ? it : it.skip)('kills its process when the trigger is set, and answers otherwise', async () => {
    await writeModelFolder(folder, crashModel());
    const runtime = createRequire(import.meta.url).resolve('onnxruntime-node');
    const script = `
      const { InferenceSession, Tensor } = require(${JSON.stringify(runtime)});
      const row = (value) => new Tensor('float32', Float32Array.of(value), [1, 1]);
      InferenceSession.create(${JSON.stringify(join(folder, 'model.onnx'))}).then(async (session) => {
        const { probabilities } = await session.run({ signal: row(0), other: row(0), trigger: row(0) });
        console.log(probabilities.data.join());
        await session.run({ signal: row(0), other: row(0), trigger: row(1) });
        console.log('alive');
      });`;
    const { stdout, signal } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
    expect([stdout, signal]).toEqual(['0.5,0.5\n', 'SIGFPE']);
  });
});
