import type { GraphNode } from './model-graph.js';

/** Names under which ai.onnx.ml operators keep their class labels. */
const attributes = ['classlabels_strings', 'classlabels_int64s', 'classlabels_ints'] as const;

/** Class labels of a classifier or ZipMap node in column order, as text; null where it gives none. */
export function readClassLabels(node: GraphNode): readonly string[] | null {
  for (const name of attributes) {
    const attribute = node.attributes.get(name);
    if (attribute?.kind === 'strings' && attribute.value.length > 0) return attribute.value;
    if (attribute?.kind === 'ints' && attribute.value.length > 0) return attribute.value.map(String);
  }
  return null;
}
