import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, ValueInfoProtoSchema } from './generated/onnx-ml_pb.js';

/**
 * The part of a model that one tensor is computed by: its nodes, their weights and inputs.
 *
 * @param bytes a serialised ModelProto
 * @returns null where a node of that part has a graph of its own, which may read anything
 */
export function cutGraph(bytes: Uint8Array, tensor: string): Uint8Array | null {
  const model = fromBinary(ModelProtoSchema, bytes);
  const { graph } = model;
  if (graph === undefined) return null;
  const needed = new Set([tensor]);
  const kept = [...graph.node].reverse().filter(({ input, output }) => {
    if (!output.some((name) => needed.has(name))) return false;
    for (const name of input) needed.add(name);
    return true;
  });
  if (kept.some(({ attribute }) => attribute.some(({ g, graphs }) => g !== undefined || graphs.length > 0))) return null;
  graph.node = kept.reverse();
  graph.initializer = graph.initializer.filter(({ name }) => needed.has(name));
  graph.sparseInitializer = graph.sparseInitializer.filter(({ values }) => values !== undefined && needed.has(values.name));
  graph.input = graph.input.filter(({ name }) => needed.has(name));
  graph.valueInfo = graph.valueInfo.filter(({ name }) => needed.has(name));
  graph.output = [create(ValueInfoProtoSchema, { name: tensor })];
  return toBinary(ModelProtoSchema, model);
}
