import { GraphEditor } from '../edit/graph-editor.js';
import type { ModelGraph } from '../model-graph.js';
import { readInteger } from '../read-attribute.js';

export interface RaisedModel {
  readonly bytes: Uint8Array;
  /** Names of the nodes that round their input to whole numbers in the file, and not in this model. */
  readonly raised: readonly string[];
}

/**
 * Makes products with weights of few bits compute in float32: at accuracy level 4 MatMulNBits rounds its input to 8 bits, which has no
 * derivative. The model is then the twin of the file, and answers a little differently.
 *
 * Source: ONNX Runtime, docs/ContribOperators.md, MatMulNBits, attribute accuracy_level.
 *
 * @param bytes what `graph` was read from
 */
export function raiseAccuracy(bytes: Uint8Array, graph: ModelGraph): RaisedModel {
  const editor = new GraphEditor(bytes);
  const raised: string[] = [];
  for (const [place, node] of graph.nodes.entries()) {
    if (node.opType !== 'MatMulNBits' || (readInteger(node, 'accuracy_level') ?? 0) <= 1) continue;
    const changed = editor.readNode(place);
    for (const attribute of changed.attribute) if (attribute.name === 'accuracy_level') attribute.i = 1n;
    editor.replaceNode(place, [changed]);
    raised.push(node.name || (node.outputs[0] ?? ''));
  }
  return { bytes: raised.length === 0 ? bytes : editor.write(), raised };
}
