import { DifferentiableInput, type GradientTarget, type PointGradients, type PointNames } from '#explainers';
import { theInput } from './gradient-scorer.js';
import type { TokenGradients } from './token-gradients.js';

/** Who counts the rows of a run, and the time they take. */
export interface RunMeter {
  count(rows: number): void;
  spend(ms: number): void;
}

/** A text as the rows of its word embedding. */
export class TokenInput extends DifferentiableInput {
  private constructor(
    private readonly gradients: TokenGradients,
    private readonly ids: Int32Array,
    override readonly values: Float32Array,
    override readonly shape: readonly number[],
    override readonly rounded: readonly string[],
    private readonly meter: RunMeter,
  ) {
    super();
  }

  /** @param any a target; the embedding is given beside its gradient */
  static async open(gradients: TokenGradients, ids: Int32Array, any: GradientTarget, meter: RunMeter): Promise<TokenInput> {
    const { numbers, width } = await measure(meter, 1, () => gradients.embed(ids, any));
    return new TokenInput(gradients, ids, numbers, [ids.length, width], await gradients.rounded(), meter);
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
    const scores = new Float64Array(points.length);
    const gradients: Float32Array[] = [];
    const atOnce = await this.gradients.rowsAtOnce(this.ids.length);
    for (let from = 0; from < points.length; from += atOnce) {
      const shifts = points.slice(from, from + atOnce).map((point) => point.map((value, at) => value - (this.values[at] ?? NaN)));
      const given = await measure(this.meter, shifts.length, () =>
        this.gradients.evaluate(this.ids, shifts, target, (at) => called(from + at), scoresOnly),
      );
      scores.set(given.scores, from);
      gradients.push(...given.gradients);
    }
    return { scores, gradients };
  }
}

/** Runs and counts rows and milliseconds. */
export async function measure<Result>(meter: RunMeter, rows: number, run: () => Promise<Result>): Promise<Result> {
  const startedAt = performance.now();
  meter.count(rows);
  try {
    return await run();
  } finally {
    meter.spend(performance.now() - startedAt);
  }
}
