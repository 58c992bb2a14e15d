import type { GraphIndex } from '../graph-index.js';
import type { Initializer } from '../model-graph.js';

/** Comparisons of the positions of queries and keys. */
const comparisons = new Set(['Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual']);
/** Masks are not made by layers: beyond these a tensor is a hidden state. */
const ends = new Set(['MatMul', 'Gemm', 'MatMulInteger', 'MatMulNBits', 'Softmax', 'LayerNormalization', 'Shape', 'Conv']);
const mostNodes = 400;

/**
 * Whether masks come from a triangle: `Trilu`, a comparison of two computed positions, or a stored triangular table. It says how a graph
 * looks, for a model that has not been run; a run decides.
 */
export function readsTriangle(index: GraphIndex, masks: readonly string[]): boolean {
  const seen = new Set<string>();
  const waiting = masks.filter((name) => name !== '');
  for (let tensor = waiting.pop(); tensor !== undefined && seen.size < mostNodes; tensor = waiting.pop()) {
    if (seen.has(tensor)) continue;
    seen.add(tensor);
    const stored = index.graph.initializers.get(tensor);
    if (stored !== undefined && isTriangle(stored)) return true;
    const maker = index.makerOf(tensor);
    if (maker === null || ends.has(maker.opType)) continue;
    if (maker.opType === 'Trilu') return true;
    if (comparisons.has(maker.opType) && maker.inputs.every((name) => !index.isConstant(name))) return true;
    const value = maker.attributes.get('value');
    if (maker.opType === 'Constant' && value?.kind === 'tensor' && isTriangle(value.value)) return true;
    waiting.push(...maker.inputs.filter((name) => name !== ''));
  }
  return false;
}

/** A square table with one value on and below the diagonal and another above it. */
function isTriangle({ shape, elementType, elements, raw }: Initializer): boolean {
  const side = shape.at(-1) ?? 0;
  if (raw === null || side < 2 || shape.at(-2) !== side || elements !== side * side) return false;
  const bytes = elementType === 'bool' || elementType === 'uint8' || elementType === 'int8' ? 1 : elementType === 'float32' ? 4 : 0;
  if (bytes === 0) return false;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const read = (row: number, column: number) => {
    const at = row * side + column;
    return bytes === 1 ? view.getUint8(at) : view.getFloat32(4 * at, true);
  };
  const [below, above] = [read(0, 0), read(0, side - 1)];
  if (below === above) return false;
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) if (read(row, column) !== (column <= row ? below : above)) return false;
  return true;
}
