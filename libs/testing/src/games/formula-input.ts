import { DifferentiableInput, type GradientTarget, type PointGradients, type PointNames } from '#explainers';

/** A score as a formula, with its derivative. */
export interface Formula {
  readonly score: (point: Float32Array) => number;
  readonly gradient: (point: Float32Array) => Float32Array;
}

/** An input whose scores are formulas: one for each class; of a language model one for each token, added up. */
export class FormulaInput extends DifferentiableInput {
  /** How many points each call had. */
  readonly calls: number[] = [];
  /** What a refusal would have called each point. */
  readonly called: string[] = [];

  constructor(
    private readonly formulas: readonly Formula[],
    override readonly values: Float32Array,
    override readonly shape: readonly number[],
    private readonly count: (points: number) => void = () => undefined,
    override readonly rounded: readonly string[] = [],
  ) {
    super();
  }

  override async evaluate(points: readonly Float32Array[], target: GradientTarget, called?: PointNames): Promise<PointGradients> {
    const scores = await this.score(points, target, called);
    const gradients = points.map((point) => {
      const sum = new Float32Array(point.length);
      for (const { formula, weight } of this.termsOf(target))
        formula.gradient(point).forEach((value, at) => (sum[at] = (sum[at] ?? NaN) + weight * value));
      return sum;
    });
    return { scores, gradients };
  }

  override score(points: readonly Float32Array[], target: GradientTarget, called: PointNames = () => 'nothing'): Promise<Float64Array> {
    this.calls.push(points.length);
    this.called.push(...points.map((_, at) => called(at)));
    this.count(points.length);
    const terms = this.termsOf(target);
    return Promise.resolve(
      Float64Array.from(points, (point) => terms.reduce((sum, { formula, weight }) => sum + weight * formula.score(point), 0)),
    );
  }

  private termsOf(target: GradientTarget): readonly { readonly formula: Formula; readonly weight: number }[] {
    if ('tokens' in target) return target.tokens.map(({ tokenId, weight }) => ({ formula: this.formulaOf(tokenId), weight }));
    const first = { formula: this.formulaOf(target.index), weight: 1 };
    return target.against === null ? [first] : [first, { formula: this.formulaOf(target.against), weight: -1 }];
  }

  private formulaOf(index: number): Formula {
    const formula = this.formulas[index % this.formulas.length];
    if (formula === undefined) throw new RangeError('there is no formula');
    return formula;
  }
}
