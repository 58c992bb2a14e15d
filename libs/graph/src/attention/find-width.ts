import type { GraphIndex } from '../graph-index.js';
import type { GraphNode } from '../model-graph.js';
import { readInteger } from './read-attribute.js';

/** Operators that keep the width of their first input. */
const keeps = new Set(['Add', 'Identity', 'Cast', 'LayerNormalization', 'SimplifiedLayerNormalization', 'Reshape']);

/** Columns of a projection, from the weights behind it; null where they are not stored. */
export function findWidth(index: GraphIndex, tensor: string): number | null {
  let maker: GraphNode | null = index.makerOf(tensor);
  for (let steps = 0; maker !== null && steps < 8; steps++) {
    if (maker.opType === 'MatMulNBits') return readInteger(maker, 'N') ?? null;
    if (maker.opType === 'MatMul') return index.graph.initializers.get(maker.inputs[1] ?? '')?.shape.at(-1) ?? null;
    if (!keeps.has(maker.opType)) return null;
    // Exporters write a bias on either side.
    const at = maker.opType === 'Add' && index.isConstant(maker.inputs[0] ?? '') ? 1 : 0;
    maker = index.makerOf(maker.inputs[at] ?? '');
  }
  return null;
}
