import type { Tensor } from 'onnxruntime-node';
import type { GradientTarget } from '#explainers';
import type { ExplainedSpace } from '#graph';

/** What a run back is asked for: which numbers of the output, and how much of each. */
export interface ScoreAsk {
  readonly space: ExplainedSpace;
  readonly weights: Tensor;
  /** Tokens whose logits are wanted. */
  readonly positions?: Tensor;
}

/** How a target becomes weights of the model's output, and an output the target's score. */
export abstract class GradientScorer {
  /** @param rows of the batch, all with the same target */
  abstract ask(target: GradientTarget, rows: number): ScoreAsk;
  /**
   * @returns one for each row
   * @throws ExplainProblem MODEL_OUTPUT_NON_FINITE
   */
  abstract read(output: Tensor, rows: number, target: GradientTarget): Float64Array;
}
