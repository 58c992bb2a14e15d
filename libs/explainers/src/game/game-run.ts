import { compensatedSum } from '#numeric';
import { meanScore, type ClipCounter, type Coalitions, type OutputScale } from '#attribution';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainContext, ExplainRequest } from '../contract/explainer.js';
import type { ExplainerOutput, Prediction, Quality, TargetResult, Warning } from '../contract/explanation.js';
import { describePrediction, outputScale, predictedClass } from './describe-prediction.js';
import type { Game } from './game.js';
import { resolveTargets, type ResolvedTarget } from './resolve-targets.js';

/** What a method found, per target. Arrays have one entry per player of the game. */
export interface Finding {
  /** Worth of the empty coalition. */
  readonly baseScore: number;
  readonly values: ArrayLike<number>;
  /** Null for a method that does not sample. */
  readonly standardErrors: ArrayLike<number> | null;
}

/** The parts of a result that a method decides. */
export interface Verdict {
  readonly findings: readonly Finding[];
  readonly budget: number;
  readonly estimated: boolean;
  readonly truncated: boolean;
  readonly quality: Quality;
  readonly warnings: readonly Warning[];
}

/** One run of a game: asks for worths in chunks, counts them, and writes the result. */
export class GameRun {
  /** Scores of the input, which is the full coalition, per target. */
  readonly scores: readonly number[];
  private readonly clipped: ClipCounter = { clips: 0 };
  private evaluated = 1;

  private constructor(
    readonly game: Game,
    readonly targets: readonly ResolvedTarget[],
    private readonly prediction: readonly Prediction[],
    private readonly scale: OutputScale,
    private readonly context: ExplainContext,
    private readonly rowsBefore: number,
    outputs: Float64Array,
  ) {
    this.scores = targets.map((target) => meanScore(outputs, 0, 1, scale, target, this.clipped));
  }

  /**
   * Asks for the input's own outputs, which decide what the targets are.
   *
   * @throws ExplainProblem CANCELLED, and what the model throws
   */
  static async start(game: Game, request: ExplainRequest<unknown>, context: ExplainContext): Promise<GameRun> {
    const rowsBefore = game.model.modelRows;
    stopIfCancelled(context);
    const outputs = await game.predictInput();
    const { description } = game.model;
    const targets = resolveTargets(request, description, predictedClass(outputs));
    const scale = outputScale(description, outputs.length);
    return new GameRun(game, targets, describePrediction(outputs, description), scale, context, rowsBefore, outputs);
  }

  /** Coalitions whose worth was asked for so far, the full one included. */
  get evaluations(): number {
    return this.evaluated;
  }

  /**
   * Worths of coalitions.
   *
   * @param total evaluations of the whole run, for the progress
   * @returns [target][coalition]
   * @throws ExplainProblem CANCELLED, and what the model throws
   */
  async evaluate(coalitions: Coalitions, total: number): Promise<readonly Float64Array[]> {
    const { rowsPerCoalition, coalitionsAtATime } = this.game;
    const worths = this.targets.map(() => new Float64Array(coalitions.length));
    for (let from = 0; from < coalitions.length; from += coalitionsAtATime) {
      stopIfCancelled(this.context);
      const to = Math.min(coalitions.length, from + coalitionsAtATime);
      const outputs = await this.game.predict(coalitions, from, to);
      this.targets.forEach((target, index) => {
        for (let at = from; at < to; at++) {
          const first = (at - from) * rowsPerCoalition;
          worths[index]?.fill(meanScore(outputs, first, rowsPerCoalition, this.scale, target, this.clipped), at, at + 1);
        }
      });
      this.evaluated += to - from;
      this.context.report({ done: this.evaluated, total, phase: 'evaluating' });
    }
    stopIfCancelled(this.context);
    return worths;
  }

  /** The result document of the run. A feature that is no player is attributed 0. */
  finish(verdict: Verdict): ExplainerOutput {
    const { game } = this;
    const attributions = verdict.findings.map(({ values }) => this.spread(values));
    const errors = verdict.findings.map(({ standardErrors }) => (standardErrors === null ? null : this.spread(standardErrors)));
    return {
      prediction: this.prediction,
      features: game.features,
      targets: this.targets.map((target, index) => this.describeTarget(target, index, verdict.findings[index], attributions[index] ?? [])),
      attributions,
      standardErrors: errors.every((row) => row !== null) ? errors : null,
      evaluations: this.evaluated,
      modelRows: game.model.modelRows - this.rowsBefore,
      budget: verdict.budget,
      estimated: verdict.estimated,
      truncated: verdict.truncated,
      unexplained: game.unexplained,
      baseline: game.baseline,
      quality: verdict.quality,
      warnings: [...game.warnings, ...game.lateWarnings(), ...this.warnOfClips(), ...verdict.warnings],
    };
  }

  private spread(values: ArrayLike<number>): number[] {
    const all = new Array<number>(this.game.features.length).fill(0);
    this.game.players.forEach((feature, player) => (all[feature] = values[player] ?? NaN));
    return all;
  }

  private describeTarget(
    target: ResolvedTarget,
    index: number,
    finding: Finding | undefined,
    attributions: readonly number[],
  ): TargetResult {
    const score = this.scores[index] ?? NaN;
    const baseScore = finding?.baseScore ?? NaN;
    const isClassless = target.class === null;
    return {
      class: target.class,
      index: isClassless ? null : target.index,
      ...(target.against === null ? {} : { against: { class: this.className(target.against), index: target.against } }),
      space: target.space,
      score,
      baseScore,
      completenessGap: compensatedSum([score, -baseScore, ...attributions.map((value) => -value)]),
    };
  }

  private className(index: number): string {
    return this.game.model.description.classes[index] ?? String(index);
  }

  private warnOfClips(): readonly Warning[] {
    const { clips } = this.clipped;
    if (clips === 0) return [];
    return [
      {
        code: 'LOG_ODDS_CLIPPED',
        message: `${clips} probabilities were too near to 0 or 1 for a logarithm and were clipped to [1e-7, 1 - 1e-7]: large scores are understated. Use the space probability, or logit where the model has logits.`,
      },
    ];
  }
}

function stopIfCancelled({ cancellation }: ExplainContext): void {
  if (cancellation.aborted) throw new ExplainProblem('CANCELLED', 'the run was cancelled');
}
