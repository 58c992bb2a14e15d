import type { Tensor } from 'onnxruntime-node';
import { DifferentiableInput, type GradientTarget, type PointGradients, type PointNames } from '#explainers';
import type { Feeds } from '../session/onnx-session.js';
import { readFloats } from '../session/read-floats.js';
import { theInput, type GradientScorer } from './gradient-scorer.js';
import type { GradientSession } from './gradient-session.js';
import { measure, type RunMeter } from './token-input.js';

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
export class NumberInput extends DifferentiableInput {
  override readonly rounded: readonly string[] = [];

  constructor(
    private readonly session: GradientSession,
    private readonly feeding: NumberFeeding,
    private readonly scorer: GradientScorer,
    override readonly values: Float32Array,
    override readonly shape: readonly number[],
    private readonly meter: RunMeter,
  ) {
    super();
  }

  override evaluate(points: readonly Float32Array[], target: GradientTarget, called = theInput): Promise<PointGradients> {
    return this.evaluateAll(points, target, called, false);
  }

  override async score(points: readonly Float32Array[], target: GradientTarget, called = theInput): Promise<Float64Array> {
    return (await this.evaluateAll(points, target, called, true)).scores;
  }

  private async evaluateAll(
    points: readonly Float32Array[],
    target: GradientTarget,
    called: PointNames,
    scoresOnly: boolean,
  ): Promise<PointGradients> {
    const { fixedRows, rowsPerRun } = this.feeding;
    const atOnce = Math.min(rowsPerRun, fixedRows ?? Infinity);
    const scores = new Float64Array(points.length);
    const gradients: Float32Array[] = [];
    for (let from = 0; from < points.length; from += atOnce) {
      const own = points.slice(from, from + atOnce);
      const given = await measure(this.meter, own.length, () => this.evaluateRun(own, target, (at) => called(from + at), scoresOnly));
      scores.set(given.scores, from);
      gradients.push(...given.gradients);
    }
    return { scores, gradients };
  }

  private async evaluateRun(
    points: readonly Float32Array[],
    target: GradientTarget,
    called: PointNames,
    scoresOnly: boolean,
  ): Promise<PointGradients> {
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
