import type { GraphEditor } from './edit/graph-editor.js';
import { writeAttribute } from './edit/node-writer.js';
import { GraphIndex } from './graph-index.js';
import type { GraphNode, ModelGraph } from './model-graph.js';
import { nameOperator } from './name-operator.js';

/** Operators that compute each token's numbers from that token's alone; other inputs than the followed one have to be constant. */
const tokenWise = new Set(['Cast', 'Identity', 'Mul', 'Div', 'Add', 'Sub', 'Tanh']);
/** Products of what is known of each token with a matrix of weights. */
const heads = new Set(['MatMul', 'com.microsoft:MatMulNBits', 'com.microsoft:FusedMatMul']);

/**
 * Makes a model compute its logits for some of the tokens that are fed alone: what the last product of each token with weights reads is
 * gathered before that product. Where no such product is found the logits are gathered themselves.
 *
 * @param editor of the model that `graph` was read from
 * @param logits name of an output [batch, tokens, vocabulary]
 * @param positions name of an input that takes the wanted tokens, a list of int64
 * @param prefix of the names of new nodes; nothing in the graph may begin with it
 * @returns name of the output [batch, wanted tokens, vocabulary]
 */
export function choosePositions(editor: GraphEditor, graph: ModelGraph, logits: string, positions: string, prefix: string): string {
  const index = new GraphIndex(graph);
  const gathered = `${prefix}/chosen`;
  const attribute = [{ name: 'axis', ...writeAttribute(1n) }];
  const gather = (from: string) => ({ name: gathered, opType: 'Gather', input: [from, positions], output: [gathered], attribute });
  const place = findHead(index, logits);
  if (place === null) {
    editor.appendNodes([gather(logits)]);
    editor.appendOutput(gathered);
    return gathered;
  }
  const head = editor.readNode(place);
  const [hidden = ''] = head.input;
  head.input[0] = gathered;
  editor.replaceNode(place, [gather(hidden), head]);
  return logits;
}

/** Place of the last product behind which every tensor is read by the way to the logits alone. */
function findHead(index: GraphIndex, logits: string): number | null {
  let tensor = logits;
  for (;;) {
    const place = index.placeOf(tensor);
    const node = index.makerOf(tensor);
    if (place === null || node === null) return null;
    if (tensor !== logits && index.graph.outputs.some(({ name }) => name === tensor)) return null;
    if (index.readers(tensor).length > (tensor === logits ? 0 : 1)) return null;
    if (heads.has(nameOperator(node.domain, node.opType))) return isProduct(index, node) ? place : null;
    const next = followed(index, node);
    if (next === null) return null;
    tensor = next;
  }
}

function isProduct(index: GraphIndex, { inputs: [left = '', ...weights], attributes }: GraphNode): boolean {
  const turned = attributes.get('transA');
  const swapped = turned?.kind === 'int' && turned.value !== 0n;
  return !swapped && !index.isConstant(left) && weights.every((name) => name === '' || index.isConstant(name));
}

/** The one input that is not constant, where the others are the same for every token. */
function followed(index: GraphIndex, node: GraphNode): string | null {
  if (node.domain !== '' || !tokenWise.has(node.opType)) return null;
  const computed = node.inputs.filter((name) => !index.isConstant(name));
  const [only] = computed;
  const alike = node.inputs.every((name) => name === only || isForEveryToken(index, name));
  return only === undefined || computed.length > 1 || !alike ? null : only;
}

function isForEveryToken(index: GraphIndex, name: string): boolean {
  const made = index.makerOf(name)?.attributes.get('value');
  const shape = index.graph.initializers.get(name)?.shape ?? (made?.kind === 'tensor' ? made.value.shape : null);
  return shape?.slice(0, -1).every((length) => length === 1) ?? false;
}
