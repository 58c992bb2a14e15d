import type { DifferentiatedNode } from './differentiated-node.js';
import type { GradientWriter } from './gradient-writer.js';

/** The derivative of an operator: how gradients of its outputs become gradients of its inputs. */
export interface GradientRule {
  /** Why a node has no derivative here: what stands behind its name in a sentence. Null, or no function, where it has one. */
  readonly refuse?: (node: DifferentiatedNode) => string | null;
  /**
   * Writes the vector-Jacobian product. To be asked only for a node that is not refused.
   *
   * @returns name of the gradient of each input, in the shape of that input; '' where it is zero or not wanted (`node.wants`)
   */
  readonly write: (node: DifferentiatedNode, writer: GradientWriter) => readonly string[];
}

/** Why a model has no exact gradient. */
export interface GradientRefusal {
  /** `domain:operator` outside ai.onnx. */
  readonly operator: string;
  readonly node: string;
  /** One sentence for a person. */
  readonly detail: string;
  readonly remedy: string;
}
