import { ExplainProblem, type ExplainProblemCode } from '#explainers';
import { GraphProblem, readModelGraph, type GraphProblemCode, type ModelGraph } from '#graph';

const codes: Readonly<Record<GraphProblemCode, ExplainProblemCode>> = {
  INVALID_PROTOBUF: 'INVALID_PROTOBUF',
  TOO_DEEP: 'INVALID_PROTOBUF',
  TOO_LARGE: 'MODEL_TOO_COMPLEX',
  NO_GRAPH: 'INVALID_PROTOBUF',
  EXTERNAL_DATA_INVALID: 'EXTERNAL_DATA_FORBIDDEN',
  SHAPE_DATA_MISMATCH: 'SHAPE_DATA_MISMATCH',
  OPERATOR_FORBIDDEN: 'OPERATOR_FORBIDDEN',
  NODE_UNSUPPORTED: 'MODEL_UNSUPPORTED',
};

/**
 * Reads the bytes of a model file.
 *
 * @param name of the file, for the detail of a problem
 * @throws ExplainProblem for a file that is no model, or none that is served
 */
export function readGraph(name: string, bytes: Uint8Array): ModelGraph {
  const start = String.fromCharCode(...bytes.subarray(0, 42));
  if (start === 'version https://git-lfs.github.com/spec/v1') {
    throw new ExplainProblem(
      'MODEL_FILE_INVALID',
      `${name} is a pointer of Git LFS, not the model`,
      null,
      'Fetch the file itself with `git lfs pull`.',
    );
  }
  try {
    return readModelGraph(bytes);
  } catch (error) {
    if (error instanceof GraphProblem) throw new ExplainProblem(codes[error.code], `${name}: ${error.detail}`);
    throw error;
  }
}
