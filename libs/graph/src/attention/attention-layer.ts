/** What a layer attends from and to. */
export type AttentionKind =
  | 'self' // every token sees every other, as in an encoder
  | 'causal-self' // a token sees itself and those before it
  | 'cross'; // the queries of a decoder see the tokens of an encoder

/** A node as a person finds it in the file. */
export interface NodeName {
  /** `domain:operator` outside ai.onnx. */
  readonly operator: string;
  /** The node's name, or its first output where it has none. */
  readonly node: string;
  /** Place among the nodes of the top graph. */
  readonly place: number;
}

/** How a layer's probabilities become an output of the graph. */
export type AttentionExposure =
  /** They are a tensor of the graph already. */
  | { readonly how: 'tensor'; readonly tensor: string }
  /** The fused node gives them as one more output once an attribute asks for it. */
  | { readonly how: 'output'; readonly attribute: string; readonly value: number; readonly output: number }
  /** The fused node has no such output and is replaced by primitive nodes. */
  | { readonly how: 'lower' };

export interface AttentionLayer extends NodeName {
  readonly kind: AttentionKind;
  /** Number among the layers of its kind, from 0, in the order of the graph. */
  readonly layer: number;
  /** Null where only a run tells. */
  readonly heads: number | null;
  readonly exposure: AttentionExposure;
}

export type AttentionRefusalReason =
  | 'NOTHING_FOUND'
  | 'INCOMPLETE' // some layers could be shown and others not
  | 'OPERATOR_UNSUPPORTED'
  | 'CONTROL_FLOW';

/** Why attention cannot be taken out of a graph. */
export interface AttentionRefusal {
  readonly reason: AttentionRefusalReason;
  /** `domain:operator` of the node to blame; null when it is no node's fault. */
  readonly operator: string | null;
  readonly node: string | null;
  /** One sentence for a person. */
  readonly detail: string;
  readonly remedy: string;
}

export type AttentionFinding =
  { readonly found: true; readonly layers: readonly AttentionLayer[] } | { readonly found: false; readonly refusal: AttentionRefusal };
