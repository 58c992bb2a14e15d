import type { PartialResult } from '#explainers';

const WORD = 8;

/**
 * A partial result as bytes: the length of its document (uint32, little-endian), the document as JSON in UTF-8, zeros up to a
 * multiple of eight, then the numbers as float64, little-endian. Read back bit for bit.
 */
export function encodePartial({ document, numbers }: PartialResult): Uint8Array {
  const text = Buffer.from(JSON.stringify(document), 'utf8');
  const start = alignedAfter(4 + text.length);
  const bytes = new Uint8Array(start + WORD * numbers.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, text.length, true);
  bytes.set(text, 4);
  numbers.forEach((number, index) => view.setFloat64(start + WORD * index, number, true));
  return bytes;
}

/** Reads what `encodePartial` wrote. @throws RangeError for other bytes */
export function decodePartial(bytes: Uint8Array): PartialResult {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  const start = alignedAfter(4 + length);
  if (start > bytes.length || (bytes.length - start) % WORD !== 0) throw new RangeError('a partial result is cut off');
  const document: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + 4, length).toString('utf8'));
  const numbers = Float64Array.from({ length: (bytes.length - start) / WORD }, (_, index) => view.getFloat64(start + WORD * index, true));
  return { document, numbers };
}

function alignedAfter(position: number): number {
  return Math.ceil(position / WORD) * WORD;
}
