import type { Tensor } from 'onnxruntime-node';
import type { PointGradients } from '#explainers';
import type { Feeds } from '../session/onnx-session.js';
import { readFloats } from '../session/read-floats.js';
import type { GradientScorer } from './gradient-scorer.js';
import type { GradientSession } from './gradient-session.js';
import type { RunMeter } from './measure.js';
import { RunInput, type PointRun } from './run-input.js';

/** How points become feeds of a model that reads numbers. */
export interface NumberFeeding {
  /** Points in the shape of the input; as many as the graph fixes, if it does. */
  feed(points: readonly Float32Array[]): Feeds;
  /** Rows that are fed where the graph fixes them, else null. */
  readonly fixedRows: number | null;
  /** Rows to a run at most. */
  readonly rowsPerRun: number;
  /** The gradient of one row in the order of the input's numbers. */
  read(gradient: Float32Array | Float64Array, row: number, length: number): Float32Array;
}

/** An input that a model reads as numbers: columns or pixels. */
export class NumberInput extends RunInput {
  override readonly rounded: readonly string[] = [];

  constructor(
    private readonly session: GradientSession,
    private readonly feeding: NumberFeeding,
    private readonly scorer: GradientScorer,
    override readonly values: Float32Array,
    override readonly shape: readonly number[],
    meter: RunMeter,
  ) {
    super(meter);
  }

  protected override pointsAtOnce(): number {
    const { fixedRows, rowsPerRun } = this.feeding;
    return Math.min(rowsPerRun, fixedRows ?? Infinity);
  }

  protected override async run({ points, target, called, scoresOnly }: PointRun): Promise<PointGradients> {
    const rows = this.feeding.fixedRows ?? points.length;
    const [first] = points;
    const feeds = this.feeding.feed([...points, ...Array.from({ length: rows - points.length }, () => first ?? new Float32Array(0))]);
    const { straightThrough = false } = target;
    const ask = { of: { what: 'input' as const }, straightThrough, scoresOnly, ...this.scorer.ask(target, rows) };
    const { output, gradients } = await this.session.run(feeds, ask, (answer) => void this.scorer.read(answer, rows, target, called));
    const scores = this.scorer.read(output, rows, target).slice(0, points.length);
    if (scoresOnly) return { scores, gradients: [] };
    const whole = readGradient(gradients[0]) ?? new Float32Array(rows * this.values.length);
    return { scores, gradients: points.map((_, row) => this.feeding.read(whole, row, this.values.length)) };
  }
}

function readGradient(tensor: Tensor | null | undefined): Float32Array | Float64Array | null {
  return tensor == null ? null : readFloats(tensor);
}
