import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Tensor } from 'onnxruntime-node';
import { buildOnnxModel, crashModel, writeModelFolder } from '#testing';
import { OnnxSession } from './onnx-session.js';

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

describe('OnnxSession', () => {
  it('adds products of 8-bit integers without saturating', async () => {
    // 4 x 255 x 127 is 129,540; instructions of processors without VNNI hold a pair of products at 32,767.
    const node = {
      op: 'MatMulInteger',
      inputs: ['x', 'weight'],
      outputs: ['y'],
    };
    const cast = (name: string, from: string, to: number) => ({
      op: 'Cast',
      inputs: [from],
      outputs: [name],
      attributes: { to: { int: to } },
    });
    const [UINT8, INT8, FLOAT] = [2, 3, 1];
    const patched = buildOnnxModel({
      inputs: [{ name: 'numbers', type: 'float32', shape: [1, 4] }],
      tensors: [{ name: 'floats', type: 'float32', shape: [4, 2], values: [127, -127, 127, -127, 127, -127, 127, -127] }],
      outputs: [{ name: 'sums', type: 'float32', shape: [1, 2] }],
      nodes: [cast('x', 'numbers', UINT8), cast('weight', 'floats', INT8), node, cast('sums', 'y', FLOAT)],
    });
    const session = new OnnxSession({ folder, modelFile: 'model.onnx', patched });
    const sums = await session.run({ numbers: new Tensor('float32', Float32Array.of(255, 255, 255, 255), [1, 4]) }, 'sums');
    await session.close();
    expect([...sums.data]).toEqual([129_540, -129_540]);
  });
});
