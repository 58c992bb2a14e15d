import type { GraphBody } from './model-graph.js';
import { readClassLabels } from './read-class-labels.js';

/** A ZipMap turns a tensor [rows, classes] into a list of maps, which many runtimes cannot hand over. */
export interface ZipMap {
  /** The graph output that is a list of maps. */
  readonly output: string;
  /** The tensor that goes into it. */
  readonly scores: string;
  /** Class labels in column order; null where the node gives none. */
  readonly labels: readonly string[] | null;
}

/** ZipMap nodes (ai.onnx.ml) that feed a graph output. */
export function findZipMaps(graph: GraphBody): readonly ZipMap[] {
  const outputs = new Set(graph.outputs.map((output) => output.name));
  return graph.nodes.flatMap((node) => {
    const [scores] = node.inputs;
    const [output] = node.outputs;
    if (node.domain !== 'ai.onnx.ml' || node.opType !== 'ZipMap' || scores === undefined || output === undefined || !outputs.has(output))
      return [];
    return [{ output, scores, labels: readClassLabels(node) }];
  });
}
