import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { onnx } from '#graph';

const dataTypes = {
  float32: onnx.TensorProto_DataType.FLOAT,
  float64: onnx.TensorProto_DataType.DOUBLE,
  float16: onnx.TensorProto_DataType.FLOAT16,
  int8: onnx.TensorProto_DataType.INT8,
  int16: onnx.TensorProto_DataType.INT16,
  int32: onnx.TensorProto_DataType.INT32,
  int64: onnx.TensorProto_DataType.INT64,
  uint8: onnx.TensorProto_DataType.UINT8,
  bool: onnx.TensorProto_DataType.BOOL,
  string: onnx.TensorProto_DataType.STRING,
} as const;

export type OnnxType = keyof typeof dataTypes;

/** An input or output of a graph. A string in the shape is a symbol. */
export interface OnnxPort {
  readonly name: string;
  readonly type: OnnxType;
  /** Null where not even the rank is said. */
  readonly shape: readonly (number | string)[] | null;
}

export interface OnnxTensor {
  readonly name: string;
  readonly type: 'float32' | 'float64' | 'int8' | 'int16' | 'int32' | 'int64' | 'uint8' | 'bool';
  readonly shape: readonly number[];
  /** Row-major numbers, or where they lie beside the model file. */
  readonly values: readonly number[] | { readonly location: string; readonly offset: number; readonly length: number };
}

export type OnnxAttribute =
  | number
  | string
  | readonly number[]
  | OnnxTensor
  | OnnxGraph
  | { readonly ints: readonly number[] }
  | { readonly int: number }
  /** Inside a function: the attribute of that name, of type int, at the call. */
  | { readonly intOf: string }
  | { readonly texts: readonly string[] };

export interface OnnxNode {
  readonly op: string;
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** A bare number is a float, a bare list a list of floats. */
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxGraph {
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  readonly nodes: readonly OnnxNode[];
  readonly tensors?: readonly OnnxTensor[];
}

/** A function of the model. Its tensors are its own; attributes of the call are read by `intOf`. */
export interface OnnxFunction {
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: readonly string[];
  readonly nodes: readonly OnnxNode[];
  /** Version of ai.onnx that it is written for; the model's where it is left out. */
  readonly opset?: number;
}

export interface OnnxModelOptions {
  /** Version of ai.onnx, 17 where it is left out. */
  readonly opset?: number;
  readonly functions?: readonly OnnxFunction[];
}

/** Writes a small ONNX model (IR 8 or what its operators need, ai.onnx 17, ai.onnx.ml 3, com.microsoft 1). Nothing is checked: faulty graphs are wanted too. */
export function buildOnnxModel(graph: OnnxGraph, { opset = 17, functions = [] }: OnnxModelOptions = {}): Uint8Array {
  const model = create(onnx.ModelProtoSchema, {
    irVersion: opset > 20 ? 10n : 8n,
    producerName: 'vitrine-testing',
    opsetImport: [
      { domain: '', version: BigInt(opset) },
      { domain: 'ai.onnx.ml', version: 3n },
      { domain: 'com.microsoft', version: 1n },
      ...[...new Set(functions.map(({ domain }) => domain))].map((domain) => ({ domain, version: 1n })),
    ],
    graph: writeGraph(graph),
    functions: functions.map((one) => ({
      name: one.name,
      domain: one.domain,
      input: [...one.inputs],
      output: [...one.outputs],
      attribute: [...(one.attributes ?? [])],
      opsetImport: [{ domain: '', version: BigInt(one.opset ?? opset) }, ...functions.map(({ domain }) => ({ domain, version: 1n }))],
      node: one.nodes.map(writeNode),
    })),
  });
  return toBinary(onnx.ModelProtoSchema, model);
}

function writeGraph(graph: OnnxGraph): MessageInitShape<typeof onnx.GraphProtoSchema> {
  return {
    name: 'graph',
    input: graph.inputs.map(writePort),
    output: graph.outputs.map(writePort),
    initializer: (graph.tensors ?? []).map(writeTensor),
    node: graph.nodes.map(writeNode),
  };
}

function writeNode(node: OnnxNode, place: number): MessageInitShape<typeof onnx.NodeProtoSchema> {
  return {
    name: `${node.op}_${place}`,
    opType: node.op,
    domain: node.domain ?? '',
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: Object.entries(node.attributes ?? {}).map(([name, value]) => ({ name, ...writeAttribute(value) })),
  };
}

function writePort({ name, type, shape }: OnnxPort): MessageInitShape<typeof onnx.ValueInfoProtoSchema> {
  const elemType = dataTypes[type];
  const dim = shape?.map((length) => ({
    value: typeof length === 'number' ? { case: 'dimValue' as const, value: BigInt(length) } : { case: 'dimParam' as const, value: length },
  }));
  return { name, type: { value: { case: 'tensorType', value: dim === undefined ? { elemType } : { elemType, shape: { dim } } } } };
}

function writeTensor({ name, type, shape, values }: OnnxTensor): MessageInitShape<typeof onnx.TensorProtoSchema> {
  const header = { name, dataType: dataTypes[type], dims: shape.map(BigInt) };
  if ('location' in values) {
    const externalData = Object.entries(values).map(([key, value]) => ({ key, value: String(value) }));
    return { ...header, externalData, dataLocation: onnx.TensorProto_DataLocation.EXTERNAL };
  }
  return { ...header, rawData: new Uint8Array(packers[type](values).buffer) };
}

const packers: Readonly<Record<OnnxTensor['type'], (values: readonly number[]) => { readonly buffer: ArrayBuffer }>> = {
  float32: (values) => Float32Array.from(values),
  float64: (values) => Float64Array.from(values),
  int8: (values) => Int8Array.from(values),
  int16: (values) => Int16Array.from(values),
  int32: (values) => Int32Array.from(values),
  int64: (values) => BigInt64Array.from(values, BigInt),
  uint8: (values) => Uint8Array.from(values),
  bool: (values) => Uint8Array.from(values),
};

function writeAttribute(value: OnnxAttribute): MessageInitShape<typeof onnx.AttributeProtoSchema> {
  const types = onnx.AttributeProto_AttributeType;
  if (typeof value === 'number') return { type: types.FLOAT, f: value };
  if (typeof value === 'string') return { type: types.STRING, s: encodeText(value) };
  if ('intOf' in value) return { type: types.INT, refAttrName: value.intOf };
  if ('int' in value) return { type: types.INT, i: BigInt(value.int) };
  if ('ints' in value) return { type: types.INTS, ints: value.ints.map(BigInt) };
  if ('texts' in value) return { type: types.STRINGS, strings: value.texts.map(encodeText) };
  if ('nodes' in value) return { type: types.GRAPH, g: writeGraph(value) };
  if ('shape' in value) return { type: types.TENSOR, t: writeTensor(value) };
  return { type: types.FLOATS, floats: [...value] };
}

function encodeText(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, 'utf8'));
}
