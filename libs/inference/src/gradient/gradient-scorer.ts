import type { Tensor } from 'onnxruntime-node';
import type { GradientTarget, PointNames } from '#explainers';
import type { ExplainedSpace } from '#graph';

/** What a run back is asked for: which numbers of the output, and how much of each. */
export interface ScoreAsk {
  readonly space: ExplainedSpace;
  readonly weights: Tensor;
  /** Tokens whose logits are wanted. */
  readonly positions?: Tensor;
}

/** What a run is of where nobody says it: each row is the input. */
export const theInput: PointNames = () => 'the input';

/** How a target becomes weights of the model's output, and an output the target's score. */
export abstract class GradientScorer {
  /** @param rows of the batch, all with the same target */
  abstract ask(target: GradientTarget, rows: number): ScoreAsk;
  /**
   * @param called what a refusal calls a row; "the input" where it is left out
   * @returns one for each row
   * @throws ExplainProblem MODEL_OUTPUT_NON_FINITE
   */
  abstract read(output: Tensor, rows: number, target: GradientTarget, called?: PointNames): Float64Array;
}
