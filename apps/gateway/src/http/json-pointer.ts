import { escapePointer } from '#explainers';

/** An RFC 6901 pointer; the empty path is the whole document. */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${escapePointer(String(step))}`).join('');
}
