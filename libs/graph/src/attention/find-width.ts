import type { GraphIndex } from '../graph-index.js';
import type { GraphNode } from '../model-graph.js';
import { readInteger } from '../read-attribute.js';

/** Operators that keep the width of their first input. */
const keeps = new Set(['Add', 'Identity', 'Cast', 'LayerNormalization', 'SimplifiedLayerNormalization', 'Reshape']);

/** Columns of a projection, from the weights behind it; null where they are not stored. */
export function findWidth(index: GraphIndex, tensor: string): number | null {
  let maker: GraphNode | null = index.makerOf(tensor);
  for (let steps = 0; maker !== null && steps < 8; steps++) {
    if (maker.opType === 'MatMulNBits') return readInteger(maker, 'N') ?? null;
    if (maker.opType === 'MatMul') return findColumns(index, maker.inputs[1] ?? '');
    if (!keeps.has(maker.opType)) return null;
    // Exporters write a bias on either side.
    const at = maker.opType === 'Add' && index.isConstant(maker.inputs[0] ?? '') ? 1 : 0;
    maker = index.makerOf(maker.inputs[at] ?? '');
  }
  return null;
}

/** Operators that make weights of what is stored in fewer bits. */
const widens = new Set(['Cast', 'Mul', 'DequantizeLinear', 'Identity']);

function findColumns(index: GraphIndex, weights: string): number | null {
  let name = weights;
  for (let steps = 0; steps < 4; steps++) {
    const stored = index.graph.initializers.get(name);
    if (stored !== undefined) return stored.shape.length === 2 ? (stored.shape[1] ?? null) : null;
    const maker = index.makerOf(name);
    if (maker === null || !widens.has(maker.opType)) return null;
    name = maker.inputs[0] ?? '';
  }
  return null;
}
