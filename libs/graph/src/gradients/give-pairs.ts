import { findFloatType } from '../attention/find-float-type.js';
import { findFreshName } from '../attention/find-fresh-name.js';
import { GraphEditor } from '../edit/graph-editor.js';
import { NodeWriter } from '../edit/node-writer.js';
import { GraphIndex } from '../graph-index.js';
import type { ModelGraph } from '../model-graph.js';

/**
 * Gives a classifier that answers one number for two classes, that of the second, a number for each: 1 - p beside a probability, 0 beside a
 * logit, -m beside a margin.
 *
 * @param bytes what `graph` was read from
 * @param output name of a tensor of one number for each row
 * @returns name of the tensor [rows, 2]
 */
export function givePairs(
  bytes: Uint8Array,
  graph: ModelGraph,
  output: string,
  kind: 'logits' | 'probabilities' | 'margin',
): { readonly bytes: Uint8Array; readonly output: string } {
  const editor = new GraphEditor(bytes);
  const writer = new NodeWriter(
    findFreshName(graph, 'vitrine/pairs'),
    graph.opsets.get('') ?? 1,
    findFloatType(new GraphIndex(graph), output),
  );
  const column = writer.add('Reshape', [output, writer.integers([-1n, 1n])]);
  const factor = kind === 'logits' ? 0 : -1;
  const turned = writer.add('Mul', [column, writer.number(factor)]);
  const other = kind === 'probabilities' ? writer.add('Add', [turned, writer.number(1)]) : turned;
  const pairs = writer.add('Concat', [other, column], { axis: 1n });
  editor.appendNodes(writer.nodes);
  editor.appendOutput(pairs);
  return { bytes: editor.write(), output: pairs };
}
