import { clone, create } from '@bufbuild/protobuf';
import { decodeModel } from '../decode-model.js';
import { NodeProtoSchema, type FunctionProto, type ModelProto, type NodeProto } from '../generated/onnx-ml_pb.js';
import { nameOperator } from '../name-operator.js';
import { GraphEditor } from './graph-editor.js';
import { renameTensors } from './rename-tensors.js';

/** Deeper than any exporter nests; `checkNodes` refuses functions that call themselves. */
const deepest = 100;

/**
 * Puts the bodies of a model's own functions in the place of their calls in the top graph, so that what they hide can be seen and changed.
 * A function that needs another version of an operator set than the model stays a call. The definitions stay in the file.
 *
 * Source: onnx.proto, FunctionProto and AttributeProto.ref_attr_name.
 *
 * @param bytes a serialised model that `readModelGraph` takes
 * @returns `bytes` itself where the model has no functions
 */
export function inlineFunctions(bytes: Uint8Array): Uint8Array {
  const model = decodeModel(bytes);
  if (model.functions.length === 0) return bytes;
  const editor = new GraphEditor(bytes);
  const inliner = new Inliner(model);
  model.graph?.node.forEach((node, place) => {
    const body = inliner.expand(node, `inlined/${place}`, deepest);
    if (body !== null) editor.replaceNode(place, body);
  });
  return editor.write();
}

class Inliner {
  private readonly functions: ReadonlyMap<string, FunctionProto>;
  private readonly opsets: ReadonlyMap<string, bigint>;

  constructor(model: ModelProto) {
    this.opsets = new Map(model.opsetImport.map(({ domain, version }) => [nameDomain(domain), version]));
    const fitting = model.functions.filter(({ opsetImport }) =>
      // A domain of functions alone has no operators whose meaning a version could change.
      opsetImport.every(
        ({ domain, version }) => this.opsets.get(nameDomain(domain)) === version || this.holdsFunctionsAlone(model, domain),
      ),
    );
    this.functions = new Map(fitting.map((one) => [nameOperator(one.domain, one.name, one.overload), one]));
  }

  /** @returns null for a node that calls no function, or one that has to stay a call */
  expand(call: NodeProto, prefix: string, depth: number): readonly NodeProto[] | null {
    const body = this.functions.get(nameOperator(call.domain, call.opType, call.overload));
    if (body === undefined || depth === 0) return null;
    const names = new Map<string, string>();
    const attributes = new Map([...body.attributeProto, ...call.attribute].map((attribute) => [attribute.name, attribute]));
    body.input.forEach((name, at) => names.set(name, call.input[at] ?? ''));
    const passed = new Map<string, string>();
    body.output.forEach((name, at) => {
      const output = call.output[at] ?? '';
      // An output that is an input as well needs a node of its own.
      if (body.input.includes(name)) passed.set(output, names.get(name) ?? '');
      else if (output !== '') names.set(name, output);
    });
    for (const name of body.node.flatMap(({ output }) => output)) if (name !== '' && !names.has(name)) names.set(name, `${prefix}/${name}`);
    const nodes = body.node.flatMap((node, place) => {
      const copy = clone(NodeProtoSchema, node);
      copy.name = `${prefix}/${node.name === '' ? place : node.name}`;
      renameTensors(copy, names, attributes);
      return this.expand(copy, `${prefix}/${place}`, depth - 1) ?? [copy];
    });
    return [...nodes, ...[...passed].filter(([output]) => output !== '').map(([output, input]) => identity(output, input))];
  }

  private holdsFunctionsAlone(model: ModelProto, domain: string): boolean {
    return domain !== '' && domain !== 'com.microsoft' && model.functions.some((one) => one.domain === domain);
  }
}

function identity(output: string, input: string): NodeProto {
  return create(NodeProtoSchema, { name: `${output}/passed`, opType: 'Identity', input: [input], output: [output] });
}

function nameDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}
