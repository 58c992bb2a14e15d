import type { NodeWriter } from '../edit/node-writer.js';
import type { FusedNode } from './fused-node.js';

/** How a fused operator is written out as primitive nodes. */
export interface Lowering {
  /** Place of the input whose type it computes in; 0 where it is left out. */
  readonly typedBy?: number;
  /** Why a node cannot be written out: what stands behind its name in a sentence. Null, or no function, where it can. */
  readonly refuse?: (fused: FusedNode) => string | null;
  /** Writes every output that the node names. To be asked only for a node that is not refused. */
  readonly write: (fused: FusedNode, writer: NodeWriter) => unknown;
}

/** Names of tensors [batch, heads, queries, keys] of a fused operator that was written out. */
export interface LoweredAttention {
  readonly probabilities: string;
  /** What goes into the Softmax: scaled, with bias and masks. */
  readonly scores: string;
}

/** The lowering of an operator that attends. */
export interface AttentionLowering extends Lowering {
  readonly write: (fused: FusedNode, writer: NodeWriter) => LoweredAttention;
}

/** Why a fused node cannot be written out. */
export interface LoweringRefusal {
  /** `domain:operator` outside ai.onnx. */
  readonly operator: string;
  readonly node: string;
  /** One sentence for a person. */
  readonly detail: string;
  readonly remedy: string;
}
