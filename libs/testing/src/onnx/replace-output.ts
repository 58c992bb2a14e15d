import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { onnx } from '#graph';

/**
 * Makes a tensor inside a model its only output, as an export without the head would have it.
 *
 * @param output name of the output, and its shape of float32; a string is a symbol
 * @returns new bytes
 */
export function replaceOutput(
  bytes: Uint8Array,
  tensor: string,
  output: { readonly name: string; readonly shape: readonly (number | string)[] },
): Uint8Array {
  const model = fromBinary(onnx.ModelProtoSchema, bytes);
  const { graph } = model;
  if (graph === undefined) throw new Error('the model has no graph');
  const made = new Set(graph.output.map(({ name }) => name));
  graph.node = graph.node.filter((node) => !node.output.some((name) => made.has(name)));
  graph.node.push(create(onnx.NodeProtoSchema, { opType: 'Identity', input: [tensor], output: [output.name] }));
  const dim = output.shape.map((length) => ({
    value: typeof length === 'string' ? { case: 'dimParam' as const, value: length } : { case: 'dimValue' as const, value: BigInt(length) },
  }));
  graph.output = [
    create(onnx.ValueInfoProtoSchema, {
      name: output.name,
      type: { value: { case: 'tensorType', value: { elemType: onnx.TensorProto_DataType.FLOAT, shape: { dim } } } },
    }),
  ];
  return toBinary(onnx.ModelProtoSchema, model);
}
