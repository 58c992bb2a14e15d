import { ExplainProblem } from './explain-problem.js';
import type { KnownAttention } from './known-attention.js';
import type { ModelDescription } from './model-description.js';

/**
 * A model as an explainer sees it. Outputs are the numbers of the described output tensor,
 * row-major [rows x outputs], widened to float64. The implementation removes duplicate rows, packs batches
 * by tokens, and refuses outputs that are not finite (ExplainProblem MODEL_OUTPUT_NON_FINITE).
 */
export abstract class Model {
  abstract readonly description: ModelDescription;
  /** Values per row in the explained output: the number of classes, 1 for regression, 0 for an encoder, the vocabulary of a language model. */
  abstract readonly outputs: number;
  /**
   * Rows that went through the graph since this object was made, duplicates within one call removed. Of a language model: its passes, one
   * for each `read`, however many tokens that had.
   */
  abstract readonly modelRows: number;
  /**
   * The layers and heads of the graph, without a run.
   *
   * @throws ExplainProblem ATTENTION_UNAVAILABLE, which names the operator and the node
   */
  readLayers(): Promise<KnownAttention> {
    return Promise.reject(new ExplainProblem('ATTENTION_UNAVAILABLE', `${this.description.name} shows no attention`));
  }
  /**
   * Whether a gradient of the answer can be taken, without a run of the input.
   *
   * @param straightThrough whether what rounds may be passed
   * @throws ExplainProblem GRADIENT_UNAVAILABLE, which names the operator and the node
   */
  checkGradient(_straightThrough: boolean): Promise<void> {
    return Promise.resolve();
  }
  /**
   * Nodes of the graph that round what they read to whole numbers and lie between the input and the answer, without a run. A model that has
   * none has an exact gradient, or none at all.
   *
   * @throws ExplainProblem GRADIENT_UNAVAILABLE where not even a straight-through gradient can be taken
   */
  listRounding(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }
}
