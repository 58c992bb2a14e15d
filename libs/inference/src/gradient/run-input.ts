import { DifferentiableInput, type GradientTarget, type PointGradients, type PointNames } from '#explainers';
import { theInput } from './gradient-scorer.js';
import { measure, type RunMeter } from './measure.js';

/** Points that go through the model in one run. */
export interface PointRun {
  readonly points: readonly Float32Array[];
  readonly target: GradientTarget;
  /** What a refusal calls each. */
  readonly called: PointNames;
  /** Whether no gradient is wanted. */
  readonly scoresOnly: boolean;
}

/** An input whose points are run some at a time, which is counted. */
export abstract class RunInput extends DifferentiableInput {
  constructor(private readonly meter: RunMeter) {
    super();
  }

  override evaluate(points: readonly Float32Array[], target: GradientTarget, called = theInput): Promise<PointGradients> {
    return this.runAll({ points, target, called, scoresOnly: false });
  }

  override async score(points: readonly Float32Array[], target: GradientTarget, called = theInput): Promise<Float64Array> {
    return (await this.runAll({ points, target, called, scoresOnly: true })).scores;
  }

  /** Points to a run at most. */
  protected abstract pointsAtOnce(): number | Promise<number>;

  /** Gradients are empty where none are wanted. Throws as `evaluate`. */
  protected abstract run(points: PointRun): Promise<PointGradients>;

  private async runAll({ points, called, ...asked }: PointRun): Promise<PointGradients> {
    const scores = new Float64Array(points.length);
    const gradients: Float32Array[] = [];
    const atOnce = await this.pointsAtOnce();
    for (let from = 0; from < points.length; from += atOnce) {
      const some = points.slice(from, from + atOnce);
      const given = await measure(this.meter, some.length, () => this.run({ ...asked, points: some, called: (at) => called(from + at) }));
      scores.set(given.scores, from);
      gradients.push(...given.gradients);
    }
    return { scores, gradients };
  }
}
