import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { Tensor } from 'onnxruntime-node';
import { exposeAttention, findAttention } from '#graph';
import type { OnnxTensor } from '#testing';
import type { AttentionMap, RealTokens } from '../src/attention/attention-map.js';
import { AttentionSession } from '../src/attention/attention-session.js';
import { readGraph } from '../src/folder/read-graph.js';
import { OnnxSession } from '../src/session/onnx-session.js';

type Feeds = Readonly<Record<string, Tensor>>;

/** Keys in proportion 1 : 2 : 3. */
export const logs = [1, 2, 3].map(Math.log);
/** Two heads with the same keys. */
export const x = new Tensor('float32', Float32Array.from([...logs, ...logs]), [1, 2, 3, 1]);
export const real: RealTokens = { batch: 1, tokens: null, decoderTokens: null };
export const all = [1, 2, 3].map(() => [1 / 6, 2 / 6, 3 / 6]);
export const causal = [
  [1, 0, 0],
  [1 / 3, 2 / 3, 0],
  [1 / 6, 2 / 6, 3 / 6],
];

export const int = (value: number) => ({ int: value });

export function int64(name: string, values: readonly number[], shape: readonly number[] = [values.length]): OnnxTensor {
  return { name, type: 'int64', shape, values };
}

export function expectRows(actual: readonly (readonly number[])[] | undefined, expected: readonly (readonly number[])[]): void {
  expect(actual?.length).toBe(expected.length);
  expected.forEach((row, at) => row.forEach((value, key) => expect(actual?.[at]?.[key]).toBeCloseTo(value, 6)));
}

/** A folder of its own for the models of a spec. */
export class AttentionBench {
  private written = 0;

  private constructor(readonly folder: string) {}

  static async open(): Promise<AttentionBench> {
    return new AttentionBench(await mkdtemp(join(tmpdir(), 'vitrine-attention-')));
  }

  /** @returns the file's name in the folder */
  async write(onnx: Uint8Array): Promise<string> {
    const name = `${this.written++}.onnx`;
    await writeFile(join(this.folder, name), onnx);
    return name;
  }

  /** Attention of the only layer, `rows` as [head][query][key] of the first row of the batch. */
  async show(
    onnx: Uint8Array,
    feeds: Feeds,
    tokens: RealTokens = real,
  ): Promise<{ readonly rows: readonly (readonly (readonly number[])[])[]; readonly map: AttentionMap }> {
    const session = new AttentionSession(this.folder, await this.write(onnx));
    try {
      const [map, ...others] = await session.run(feeds, tokens);
      if (map === undefined || others.length > 0) throw new Error(`${others.length + 1} layers`);
      const { heads, queries, keys, probabilities } = map;
      const count = (length: number) => Array.from({ length }, (_, at) => at);
      const rows = count(heads).map((head) =>
        count(queries).map((query) => [...probabilities.subarray((head * queries + query) * keys, (head * queries + query + 1) * keys)]),
      );
      return { rows, map };
    } finally {
      await session.close();
    }
  }

  /** The outputs of a model as it is, and once its attention is exposed. */
  async runBoth(onnx: Uint8Array, feeds: Feeds, outputs: readonly string[]): Promise<readonly [readonly Tensor[], readonly Tensor[]]> {
    const modelFile = await this.write(onnx);
    const graph = readGraph(modelFile, onnx);
    const finding = findAttention(graph);
    if (!finding.found) throw new Error(finding.refusal.detail);
    const { folder } = this;
    const plain = new OnnxSession({ folder, modelFile, patched: null });
    const patched = new OnnxSession({ folder, modelFile, patched: exposeAttention(onnx, graph, finding.layers).bytes });
    try {
      return await Promise.all([plain.runAll(feeds, outputs), patched.runAll(feeds, outputs)]);
    } finally {
      await plain.close();
      await patched.close();
    }
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}
