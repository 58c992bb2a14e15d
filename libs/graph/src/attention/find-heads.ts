import type { GraphIndex } from '../graph-index.js';
import { readIntegers } from '../read-integers.js';
import { findWidth } from './find-width.js';

/** Operators between the split into heads and the product. */
const passes = new Set([
  'Transpose',
  'Reshape',
  'Mul',
  'Div',
  'Add',
  'Cast',
  'Identity',
  'Squeeze',
  'Gather',
  'Concat',
  'Expand',
  'Unsqueeze',
]);
const deepest = 24;

/**
 * The number of heads, from the Reshape that splits a projection into [batch, tokens, heads, head size]; where it leaves that number to be
 * reckoned, from the projection's width.
 *
 * @param tensor queries as they go into the product
 * @returns null where no such Reshape with a known number is found
 */
export function findHeads(index: GraphIndex, tensor: string): number | null {
  let name = tensor;
  for (let steps = 0; steps < deepest; steps++) {
    const maker = index.makerOf(name);
    if (maker === null || !passes.has(maker.opType)) return null;
    if (maker.opType === 'Reshape') {
      const shape = readIntegers(index, maker.inputs[1] ?? '');
      const [, , heads, size] = shape ?? [];
      if (shape?.length === 4 && typeof heads === 'number' && heads > 0 && size !== undefined && size !== null) return heads;
      if (shape?.length === 4 && heads === -1 && typeof size === 'number' && size > 0) {
        const width = findWidth(index, maker.inputs[0] ?? '');
        return width === null || width % size !== 0 ? null : width / size;
      }
    }
    name = maker.inputs[0] ?? '';
  }
  return null;
}
