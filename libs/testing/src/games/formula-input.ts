import { DifferentiableInput, type GradientTarget, type PointGradients } from '#explainers';

/** A score as a formula, with its derivative. */
export interface Formula {
  readonly score: (point: Float32Array) => number;
  readonly gradient: (point: Float32Array) => Float32Array;
}

/** An input whose scores are formulas: one for each class; of a language model one for each token, added up. */
export class FormulaInput extends DifferentiableInput {
  /** How many points each call had. */
  readonly calls: number[] = [];

  constructor(
    private readonly formulas: readonly Formula[],
    override readonly values: Float32Array,
    override readonly shape: readonly number[],
    private readonly count: (points: number) => void = () => undefined,
    override readonly rounded: readonly string[] = [],
  ) {
    super();
  }

  override evaluate(points: readonly Float32Array[], target: GradientTarget): Promise<PointGradients> {
    this.calls.push(points.length);
    this.count(points.length);
    const terms =
      'tokens' in target
        ? target.tokens.map(({ tokenId, weight }) => ({ formula: this.formulaOf(tokenId), weight }))
        : [
            { formula: this.formulaOf(target.index), weight: 1 },
            ...(target.against === null ? [] : [{ formula: this.formulaOf(target.against), weight: -1 }]),
          ];
    return Promise.resolve({
      scores: Float64Array.from(points, (point) => terms.reduce((sum, { formula, weight }) => sum + weight * formula.score(point), 0)),
      gradients: points.map((point) => {
        const sum = new Float32Array(point.length);
        for (const { formula, weight } of terms)
          formula.gradient(point).forEach((value, at) => (sum[at] = (sum[at] ?? NaN) + weight * value));
        return sum;
      }),
    });
  }

  private formulaOf(index: number): Formula {
    const formula = this.formulas[index % this.formulas.length];
    if (formula === undefined) throw new RangeError('there is no formula');
    return formula;
  }
}
