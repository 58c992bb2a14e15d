import { fromBinary } from '@bufbuild/protobuf';
import { checkWire } from './check-wire.js';
import { ModelProtoSchema, type ModelProto } from './generated/onnx-ml_pb.js';
import { GraphProblem } from './graph-problem.js';

/**
 * Decodes the protobuf of an ONNX model. Weights stay views of `bytes`, which must not change afterwards; fields
 * that the schema does not know are kept.
 *
 * @throws GraphProblem INVALID_PROTOBUF, TOO_DEEP or TOO_LARGE
 */
export function decodeModel(bytes: Uint8Array): ModelProto {
  // A Node Buffer is a Uint8Array whose slice() shares memory; views of a plain one copy when sliced.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkWire(plain, ModelProtoSchema);
  try {
    return fromBinary(ModelProtoSchema, plain);
  } catch (error) {
    throw new GraphProblem('INVALID_PROTOBUF', `not an ONNX model: ${error instanceof Error ? error.message : String(error)}`);
  }
}
