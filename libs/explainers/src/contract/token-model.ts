import type {
  AttentionGradients,
  DifferentiableInput,
  GateGradients,
  GradientTarget,
  InnerGradients,
  InnerTensors,
} from './differentiable.js';
import { ExplainProblem } from './explain-problem.js';
import type { LayerHeads } from './layer-attention.js';
import { Model } from './served-model.js';

/** A model that reads token ids, whose gradients are taken of the rows of its word embedding. */
export abstract class TokenModel extends Model {
  /** Id of the token that stands in padding; 0 where the tokenizer names none. */
  readonly padTokenId: number = 0;
  /**
   * The rows of the word embedding that ids are looked up as: before any scale, position, type or normalisation.
   *
   * @returns [tokens, width]
   * @throws ExplainProblem GRADIENT_UNAVAILABLE, MODEL_RUN_FAILED
   */
  embed(_ids: Int32Array): Promise<Float32Array> {
    return Promise.reject(this.withoutGradient());
  }
  /** Names of the nodes that round in the file, and not in the twin whose gradients are taken: see `DifferentiableInput.rounded`. */
  listRaised(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }
  /**
   * A text as the rows of its word embedding.
   *
   * @throws as `embed`
   */
  differentiate(_ids: Int32Array): Promise<DifferentiableInput> {
    return Promise.reject(this.withoutGradient());
  }
  /**
   * Attention of every layer with the gradient of a score.
   *
   * @throws ExplainProblem ATTENTION_UNAVAILABLE, or as `embed`
   */
  attendBack(_ids: Int32Array, _target: GradientTarget): Promise<AttentionGradients> {
    return Promise.reject(this.withoutGradient());
  }
  /**
   * The heads that `gateGradients` has gates behind, without a run of the input.
   *
   * @throws as `gateGradients`
   */
  gatedHeads(): Promise<readonly LayerHeads[]> {
    return Promise.reject(this.withoutGradient());
  }
  /**
   * The gradient of a score with respect to a gate of 1 behind every head that `gatedHeads` lists.
   *
   * @throws ExplainProblem ATTENTION_UNAVAILABLE, ATTENTION_UNPROVEN, or as `embed`
   */
  gateGradients(_ids: Int32Array, _target: GradientTarget): Promise<GateGradients> {
    return Promise.reject(this.withoutGradient());
  }
  /**
   * Tensors [tokens, width] inside the model, such as the hidden states of a layer.
   *
   * @throws as `embed`
   */
  innerTensors(): Promise<InnerTensors> {
    return Promise.reject(this.withoutGradient());
  }
  /**
   * One of these with the gradient of a score.
   *
   * @throws ExplainProblem PARAM_INVALID for a tensor that is not listed, or as `embed`
   */
  innerGradients(_ids: Int32Array, _target: GradientTarget, _tensor: string): Promise<InnerGradients> {
    return Promise.reject(this.withoutGradient());
  }

  private withoutGradient(): ExplainProblem {
    return new ExplainProblem('GRADIENT_UNAVAILABLE', `${this.description.name} has no gradient here`);
  }
}
