import type { GradientTarget, PointGradients } from '#explainers';
import { measure, type RunMeter } from './measure.js';
import { RunInput, type PointRun } from './run-input.js';
import type { TokenGradients } from './token-gradients.js';

/** A text as the rows of its word embedding. */
export class TokenInput extends RunInput {
  private constructor(
    private readonly gradients: TokenGradients,
    private readonly ids: Int32Array,
    override readonly values: Float32Array,
    override readonly shape: readonly number[],
    override readonly rounded: readonly string[],
    meter: RunMeter,
  ) {
    super(meter);
  }

  /** @param any a target; the embedding is given beside its gradient */
  static async open(gradients: TokenGradients, ids: Int32Array, any: GradientTarget, meter: RunMeter): Promise<TokenInput> {
    const { numbers, width } = await measure(meter, 1, () => gradients.embed(ids, any));
    return new TokenInput(gradients, ids, numbers, [ids.length, width], await gradients.rounded(), meter);
  }

  protected override pointsAtOnce(): Promise<number> {
    return this.gradients.rowsAtOnce(this.ids.length);
  }

  protected override run({ points, target, called, scoresOnly }: PointRun): Promise<PointGradients> {
    const shifts = points.map((point) => point.map((value, at) => value - (this.values[at] ?? NaN)));
    return this.gradients.evaluate(this.ids, shifts, target, called, scoresOnly);
  }
}
