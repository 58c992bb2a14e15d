import { getTextEncoding } from '@bufbuild/protobuf/wire';
import { checkNodes } from './check-nodes.js';
import { checkTensor, liesOutside } from './check-tensor.js';
import { decodeModel } from './decode-model.js';
import { nameElementType } from './element-type.js';
import {
  AttributeProto_AttributeType as AttributeType,
  type AttributeProto,
  type GraphProto,
  type NodeProto,
  type SparseTensorProto,
  type TensorProto,
  type ValueInfoProto,
} from './generated/onnx-ml_pb.js';
import { GraphProblem } from './graph-problem.js';
import type { Attribute, GraphBody, GraphNode, GraphValue, Initializer, ModelGraph } from './model-graph.js';
import { readExternalData } from './read-external-data.js';
import { findTensors } from './walk-messages.js';
import { nameOperator } from './name-operator.js';

/**
 * Reads an ONNX file into a small graph. Nothing is computed and no weight is copied: `bytes` must not change while
 * the graph is in use.
 *
 * @param bytes a serialised ModelProto
 * @throws GraphProblem
 */
export function readModelGraph(bytes: Uint8Array): ModelGraph {
  const model = decodeModel(bytes);
  if (model.graph === undefined) throw new GraphProblem('NO_GRAPH', 'the file holds no graph');
  const tensors = findTensors(model);
  tensors.forEach(checkTensor);
  checkNodes(model);
  if (model.graph.output.length === 0) throw new GraphProblem('NO_GRAPH', 'the graph has no output');
  const reader = new GraphReader();
  const external = tensors.filter(liesOutside).map((tensor) => ({ ...readExternalData(tensor), tensor: tensor.name }));
  const body = reader.readBody(model.graph);
  const functions = new Map(
    model.functions.map((one) => [nameOperator(one.domain, one.name, one.overload), one.node.map((node) => reader.readNode(node))]),
  );
  return {
    ...body,
    irVersion: Number(model.irVersion),
    producer: { name: model.producerName, version: model.producerVersion },
    // A set that is named twice counts with its last entry, as in ONNX Runtime.
    opsets: new Map(model.opsetImport.map((set) => [set.domain === 'ai.onnx' ? '' : set.domain, Number(set.version)])),
    functions,
    externalFiles: [...new Set(external.map(({ location }) => location))].sort(),
    external,
  };
}

class GraphReader {
  readBody(graph: GraphProto): GraphBody {
    const initializers = new Map<string, Initializer>();
    for (const tensor of graph.initializer) initializers.set(tensor.name, this.readInitializer(tensor));
    for (const sparse of graph.sparseInitializer) this.readSparse(sparse, initializers);
    return {
      inputs: graph.input.filter((input) => !initializers.has(input.name)).map(readValue),
      outputs: graph.output.map(readValue),
      nodes: graph.node.map((node) => this.readNode(node)),
      initializers,
    };
  }

  readNode(node: NodeProto): GraphNode {
    return {
      name: node.name,
      opType: node.opType,
      domain: node.domain === 'ai.onnx' ? '' : node.domain,
      inputs: node.input,
      outputs: node.output,
      attributes: new Map(node.attribute.map((attribute) => [attribute.name, this.readAttribute(attribute)])),
    };
  }

  private readAttribute(attribute: AttributeProto): Attribute {
    switch (attribute.type) {
      case AttributeType.FLOAT:
        return { kind: 'float', value: attribute.f };
      case AttributeType.INT:
        return { kind: 'int', value: attribute.i };
      case AttributeType.STRING:
        return { kind: 'string', value: decodeText(attribute.s) };
      case AttributeType.TENSOR:
        return attribute.t === undefined ? { kind: 'other' } : { kind: 'tensor', value: this.readInitializer(attribute.t) };
      case AttributeType.GRAPH:
        return attribute.g === undefined ? { kind: 'other' } : { kind: 'graph', value: this.readBody(attribute.g) };
      case AttributeType.FLOATS:
        return { kind: 'floats', value: attribute.floats };
      case AttributeType.INTS:
        return { kind: 'ints', value: attribute.ints };
      case AttributeType.STRINGS:
        return { kind: 'strings', value: attribute.strings.map(decodeText) };
      case AttributeType.TENSORS:
        return { kind: 'tensors', value: attribute.tensors.map((tensor) => this.readInitializer(tensor)) };
      case AttributeType.GRAPHS:
        return { kind: 'graphs', value: attribute.graphs.map((graph) => this.readBody(graph)) };
      default:
        return { kind: 'other' };
    }
  }

  private readInitializer(tensor: TensorProto): Initializer {
    const shape = tensor.dims.map(Number);
    const external = liesOutside(tensor) ? readExternalData(tensor) : null;
    return {
      name: tensor.name,
      elementType: nameElementType(tensor.dataType),
      shape,
      elements: shape.reduce((product, length) => product * length, 1),
      raw: external === null && tensor.rawData.length > 0 ? tensor.rawData : null,
      external,
    };
  }

  private readSparse(sparse: SparseTensorProto, initializers: Map<string, Initializer>): void {
    if (sparse.values === undefined) return;
    const values = this.readInitializer(sparse.values);
    const shape = sparse.dims.map(Number);
    initializers.set(values.name, { ...values, shape, elements: shape.reduce((product, length) => product * length, 1), raw: null });
  }
}

function readValue(value: ValueInfoProto): GraphValue {
  const type = value.type?.value;
  switch (type?.case) {
    case 'tensorType':
      return {
        name: value.name,
        kind: 'tensor',
        elementType: nameElementType(type.value.elemType),
        shape:
          type.value.shape?.dim.map(({ value: dimension }) => {
            // A negative length is how some exporters write that there is none.
            if (dimension.case === 'dimValue') return dimension.value < 0n ? null : Number(dimension.value);
            return dimension.case === 'dimParam' && dimension.value !== '' ? dimension.value : null;
          }) ?? null,
      };
    case 'sparseTensorType':
      return untyped(value.name, 'sparse-tensor');
    case 'sequenceType':
      return untyped(value.name, 'sequence');
    case 'mapType':
      return untyped(value.name, 'map');
    case 'optionalType':
      return untyped(value.name, 'optional');
    case 'opaqueType':
      return untyped(value.name, 'opaque');
    default:
      return untyped(value.name, 'unknown');
  }
}

function untyped(name: string, kind: GraphValue['kind']): GraphValue {
  return { name, kind, elementType: null, shape: null };
}

/** ONNX keeps strings in attributes as UTF-8 bytes. */
function decodeText(bytes: Uint8Array): string {
  return getTextEncoding().decodeUtf8(bytes);
}
