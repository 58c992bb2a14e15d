import { create, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from './generated/onnx-ml_pb.js';

/**
 * Makes tensors inside a model outputs of it, without decoding the model: protobuf merges a field that comes twice,
 * so a second `graph` that holds nothing but outputs adds them to the first. A name is enough, the runtime infers
 * the type. About ten bytes and the name for each output; the bytes before them stay as they are.
 *
 * @param bytes a serialised ModelProto
 * @param names tensors of the top graph that are not outputs yet, each once
 * @returns new bytes that share no memory with `bytes`
 */
export function appendOutputs(bytes: Uint8Array, names: readonly string[]): Uint8Array {
  const patch = toBinary(ModelProtoSchema, create(ModelProtoSchema, { graph: { output: names.map((name) => ({ name })) } }));
  const joined = new Uint8Array(bytes.length + patch.length);
  joined.set(bytes);
  joined.set(patch, bytes.length);
  return joined;
}
