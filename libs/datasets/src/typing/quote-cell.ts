import { quote } from '#explainers';
import type { RawCell } from '../formats/row-source.js';

/** A cell as it was read, short enough for a sentence. */
export function quoteCell(value: RawCell): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return typeof value === 'string' ? quote(value) : String(value);
}
