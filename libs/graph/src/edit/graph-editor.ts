import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import {
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  type NodeProto,
  type TensorProto,
  type ValueInfoProtoSchema,
} from '../generated/onnx-ml_pb.js';
import { scanFields, type FieldSpan } from './scan-fields.js';

export type NodeInit = MessageInitShape<typeof NodeProtoSchema>;

/** Numbers of fields in onnx.proto: ModelProto.graph and GraphProto.node. */
const GRAPH = 7;
const NODE = 1;
/** Tag of ModelProto.graph, and of GraphProto.node, both length-delimited. */
const graphTag = GRAPH * 8 + 2;
const nodeTag = NODE * 8 + 2;

/**
 * Changes the top graph of a serialised model. Only nodes that are changed are decoded and written again; everything else, the weights
 * and fields that no schema knows among it, is carried over as bytes. References to weights in other files stay as they are.
 *
 * A change that only adds is a patch behind the model's own bytes, since protobuf merges a `graph` that comes twice.
 */
export class GraphEditor {
  private readonly bytes: Uint8Array;
  private readonly fields: readonly FieldSpan[];
  private readonly nodes: readonly FieldSpan[];
  private readonly replaced = new Map<number, readonly NodeInit[]>();
  private readonly appendedNodes: NodeInit[] = [];
  private readonly inputs: MessageInitShape<typeof ValueInfoProtoSchema>[] = [];
  private readonly outputs: string[] = [];
  private readonly initializers: TensorProto[] = [];

  /** @param bytes a serialised ModelProto that `readModelGraph` takes; it must not change while the editor is in use */
  constructor(bytes: Uint8Array) {
    // A Node Buffer's slice() shares memory with it, and decoded nodes would change with the caller's buffer.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.fields = scanFields(this.bytes, 0, this.bytes.length);
    this.nodes = this.fields
      .filter(({ number }) => number === GRAPH)
      .flatMap(({ content, end }) => scanFields(this.bytes, content, end).filter(({ number }) => number === NODE));
  }

  /**
   * @param place of the node among the nodes of the top graph, as in ModelGraph.nodes
   * @returns a copy that may be changed
   * @throws RangeError
   */
  readNode(place: number): NodeProto {
    const span = this.nodes[place];
    if (span === undefined) throw new RangeError(`the graph has ${this.nodes.length} nodes and none at ${place}`);
    return fromBinary(NodeProtoSchema, this.bytes.slice(span.content, span.end));
  }

  /** Puts nodes in the place of one; they have to give every tensor that is read of it. The last call for a place counts. */
  replaceNode(place: number, nodes: readonly NodeInit[]): void {
    if (this.nodes[place] === undefined) throw new RangeError(`the graph has ${this.nodes.length} nodes and none at ${place}`);
    this.replaced.set(place, nodes);
  }

  /** Adds nodes behind all others. */
  appendNodes(nodes: readonly NodeInit[]): void {
    this.appendedNodes.push(...nodes);
  }

  /** Adds an input that has to be fed: a list of integers (int64), of any length. */
  appendIntegers(name: string): void {
    this.inputs.push(writeInput(name, TensorProto_DataType.INT64, [name]));
  }

  /**
   * Adds an input that has to be fed: numbers of float32. A default of the same name would not help, since the runtime's binding for Node
   * feeds nothing that has one.
   *
   * @param shape lengths, and names of those that are open
   */
  appendFloats(name: string, shape: readonly (number | string)[]): void {
    this.inputs.push(writeInput(name, TensorProto_DataType.FLOAT, shape));
  }

  /** Adds weights; those in other files stay there. */
  appendInitializers(tensors: readonly TensorProto[]): void {
    this.initializers.push(...tensors);
  }

  /** Makes a tensor an output; a name is enough, the runtime infers the type. */
  appendOutput(name: string): void {
    this.outputs.push(name);
  }

  /** @returns new bytes that share no memory with the model's */
  write(): Uint8Array {
    const patch = toBinary(
      ModelProtoSchema,
      create(ModelProtoSchema, {
        graph: {
          node: this.appendedNodes,
          initializer: this.initializers,
          input: this.inputs,
          output: this.outputs.map((name) => ({ name })),
        },
      }),
    );
    const chunks = this.replaced.size === 0 ? [this.bytes] : this.rewrite();
    return join([...chunks, patch]);
  }

  private rewrite(): readonly Uint8Array[] {
    const places = new Map(this.nodes.map((span, place) => [span.start, place]));
    return this.fields.flatMap(({ number, start, content, end }) => {
      if (number !== GRAPH) return [this.bytes.subarray(start, end)];
      const pieces = scanFields(this.bytes, content, end).flatMap((field) => {
        const nodes = field.number === NODE ? this.replaced.get(places.get(field.start) ?? -1) : undefined;
        return nodes === undefined ? [this.bytes.subarray(field.start, field.end)] : nodes.map(writeNode);
      });
      return [writeHead(graphTag, sizeOf(pieces)), ...pieces];
    });
  }
}

function writeInput(
  name: string,
  elemType: TensorProto_DataType,
  shape: readonly (number | string)[],
): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = shape.map((length) => ({
    value: typeof length === 'string' ? { case: 'dimParam' as const, value: length } : { case: 'dimValue' as const, value: BigInt(length) },
  }));
  return { name, type: { value: { case: 'tensorType', value: { elemType, shape: { dim } } } } };
}

function writeNode(node: NodeInit): Uint8Array {
  const content = toBinary(NodeProtoSchema, create(NodeProtoSchema, node));
  return join([writeHead(nodeTag, content.length), content]);
}

function writeHead(tag: number, length: number): Uint8Array {
  const head = [tag];
  let rest = length;
  for (; rest > 127; rest = Math.floor(rest / 128)) head.push((rest % 128) + 128);
  return Uint8Array.from([...head, rest]);
}

function sizeOf(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}

function join(chunks: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(sizeOf(chunks));
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}
