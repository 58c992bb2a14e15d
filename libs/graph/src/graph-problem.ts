/** What can be wrong with the bytes of a model, or with a change asked of its graph. */
export const graphProblemCodes = [
  'INVALID_PROTOBUF', // truncated, or not the protobuf of an ONNX model
  'TOO_DEEP', // messages nested beyond what any runtime reads
  'TOO_LARGE', // more messages than a model has
  'NO_GRAPH', // readable, but there is no graph or no output in it
  'EXTERNAL_DATA_INVALID', // weights kept under a name that is no file of the model's folder
  'SHAPE_DATA_MISMATCH', // a tensor whose shape and numbers do not fit each other
  'OPERATOR_FORBIDDEN', // an operator that is no part of ONNX or its runtime, or a function that calls itself
  'NODE_UNSUPPORTED', // the change asked for has no meaning for this node
] as const;

export type GraphProblemCode = (typeof graphProblemCodes)[number];

/** A failure to read or change a graph. Callers outside turn it into a problem of their own. */
export class GraphProblem extends Error {
  override readonly name = 'GraphProblem';

  /**
   * @param code closed catalogue code
   * @param detail one sentence for a person, with the bad value in it
   * @param node name and operator of the node to blame, null when it is no node's fault
   */
  constructor(
    readonly code: GraphProblemCode,
    readonly detail: string,
    readonly node: string | null = null,
  ) {
    super(`${code}: ${detail}`);
  }
}
