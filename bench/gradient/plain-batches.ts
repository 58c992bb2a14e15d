import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Batch } from './gradient-order.js';

const SIZES = [1, 2, 4, 8, 16];
const NAMES = ['input_ids', 'attention_mask', 'token_type_ids'];
const PER_ROUND = 3;

/** The least that rows of one text can cost: the file as it is, one thread, feeds made beforehand. */
export class PlainBatches {
  private constructor(
    private readonly session: InferenceSession,
    private readonly ids: Int32Array,
  ) {}

  static async open(folder: string, ids: Int32Array): Promise<PlainBatches> {
    const options = { executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4 as const };
    return new PlainBatches(await InferenceSession.create(join(folder, 'model.onnx'), options), ids);
  }

  /** A few passes of each size. */
  async run(): Promise<readonly Batch[]> {
    const measured: Batch[] = [];
    for (const rows of SIZES) {
      const feeds = this.feed(rows);
      for (let pass = 0; pass < PER_ROUND; pass++) {
        const startedAt = performance.now();
        await this.session.run(feeds, this.session.outputNames.slice(0, 1));
        measured.push({ rows, milliseconds: performance.now() - startedAt });
      }
    }
    return measured;
  }

  private feed(rows: number): Readonly<Record<string, Tensor>> {
    const shape = [rows, this.ids.length];
    const own = Array.from(this.ids, BigInt);
    const values = [Array.from({ length: rows }, () => own).flat(), ...[1n, 0n].map((fill) => Array<bigint>(rows * own.length).fill(fill))];
    return Object.fromEntries(
      NAMES.flatMap((name, at) =>
        this.session.inputNames.includes(name) ? [[name, new Tensor('int64', BigInt64Array.from(values[at] ?? []), shape)]] : [],
      ),
    );
  }
}
