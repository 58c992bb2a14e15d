import { findFreshName } from '../attention/find-fresh-name.js';
import type { NodeProto } from '../generated/onnx-ml_pb.js';
import { GraphIndex } from '../graph-index.js';
import type { Initializer } from '../model-graph.js';
import { readModelGraph } from '../read-model-graph.js';
import { GraphEditor, type NodeInit } from './graph-editor.js';
import { renameTensors } from './rename-tensors.js';

/** Branches of branches; no exporter nests deeper. */
const deepest = 16;

/**
 * Puts the branch that is taken in the place of every `If` of the top graph whose condition is known: a stored boolean, or one of the given
 * inputs, as the `use_cache_branch` of merged decoders. Its weights become the graph's, its tensors get names of their own. An `If` of
 * another condition stays, and inputs that only the other branch reads are still to be fed.
 *
 * Source: ONNX operator If.
 *
 * @param bytes a serialised model that `readModelGraph` takes
 * @param given what is fed to inputs of one boolean, by name
 * @returns `bytes` itself where no branch is known
 */
export function takeBranches(bytes: Uint8Array, given: ReadonlyMap<string, boolean>): Uint8Array {
  let taken = bytes;
  for (let depth = 0; depth < deepest; depth++) {
    const next = takeOnce(taken, given);
    if (next === null) break;
    taken = next;
  }
  return taken;
}

/** Null where there is no such branch. */
function takeOnce(bytes: Uint8Array, given: ReadonlyMap<string, boolean>): Uint8Array | null {
  const graph = readModelGraph(bytes);
  const index = new GraphIndex(graph);
  const editor = new GraphEditor(bytes);
  const prefix = findFreshName(graph, 'vitrine/branch');
  let found = false;
  for (const [place, node] of graph.nodes.entries()) {
    if (node.opType !== 'If' || node.domain !== '') continue;
    const condition = readCondition(index, node.inputs[0] ?? '', given);
    if (condition === null) continue;
    const branch = condition ? 'then_branch' : 'else_branch';
    editor.replaceNode(place, moveBranch(editor, editor.readNode(place), branch, `${prefix}/${place}`));
    found = true;
  }
  return found ? editor.write() : null;
}

function moveBranch(editor: GraphEditor, node: NodeProto, branch: string, prefix: string): readonly NodeInit[] {
  const body = node.attribute.find(({ name }) => name === branch)?.g;
  if (body === undefined) throw new RangeError(`node ${node.name} has no ${branch}`);
  const names = new Map<string, string>();
  const made = new Set(body.node.flatMap(({ output }) => output));
  for (const name of [...made, ...body.initializer.map((tensor) => tensor.name)]) if (name !== '') names.set(name, `${prefix}/${name}`);
  // What is a weight, comes from outside or is given twice needs a node of its own.
  const passed: NodeInit[] = [];
  body.output.forEach(({ name }, at) => {
    const output = node.output[at] ?? '';
    const input = names.get(name) ?? name;
    if (output === '') return;
    if (made.delete(name)) names.set(name, output);
    else passed.push({ name: `${output}/passed`, opType: 'Identity', input: [input], output: [output] });
  });
  for (const tensor of body.initializer) tensor.name = names.get(tensor.name) ?? tensor.name;
  editor.appendInitializers(body.initializer);
  for (const [place, inner] of body.node.entries()) {
    inner.name = `${prefix}/${inner.name === '' ? place : inner.name}`;
    renameTensors(inner, names);
  }
  return [...body.node, ...passed];
}

/** Operators that hand on a single boolean. */
const passes = new Set(['Identity', 'Squeeze', 'Unsqueeze', 'Reshape', 'Cast']);

function readCondition(index: GraphIndex, tensor: string, given: ReadonlyMap<string, boolean>, depth = 16): boolean | null {
  const stored = index.graph.initializers.get(tensor);
  if (stored !== undefined) return readStored(stored);
  const maker = index.makerOf(tensor);
  if (maker === null || depth === 0) return given.get(tensor) ?? null;
  const value = maker.attributes.get('value');
  if (maker.opType === 'Constant') return value?.kind === 'tensor' ? readStored(value.value) : null;
  if (maker.opType !== 'Not' && !passes.has(maker.opType)) return null;
  const condition = readCondition(index, maker.inputs[0] ?? '', given, depth - 1);
  return maker.opType === 'Not' && condition !== null ? !condition : condition;
}

function readStored({ elementType, elements, raw }: Initializer): boolean | null {
  return elementType === 'bool' && elements === 1 && raw !== null ? raw[0] === 1 : null;
}
