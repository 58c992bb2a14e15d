import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants } from 'node:zlib';

/** How the numbers of a tensor rest: as they are, or compressed (RFC 7932). */
export type Packing = 'brotli' | null;

export interface PackedTensor {
  readonly packing: Packing;
  readonly bytes: Uint8Array;
}

const compress = promisify(brotliCompress);
const expand = promisify(brotliDecompress);
/** Below this nothing is worth the call. */
const SMALL = 1024;
/** On attention as small as the fastest deflate, in a third of its time; higher ones gain a twentieth. */
const FASTEST = { [constants.BROTLI_PARAM_QUALITY]: 1 };

/** Numbers as they rest: compressed where that is smaller. Off the main thread: there can be 64 MiB of them. */
export async function packTensor(bytes: Uint8Array): Promise<PackedTensor> {
  if (bytes.byteLength < SMALL) return { packing: null, bytes };
  const packed = await compress(bytes, { params: FASTEST });
  return packed.byteLength < bytes.byteLength ? { packing: 'brotli', bytes: packed } : { packing: null, bytes };
}

/**
 * The numbers as they were packed.
 *
 * @param size bytes that they have
 * @throws Error where they are more
 */
export async function unpackTensor({ packing, bytes }: PackedTensor, size: number): Promise<Uint8Array> {
  if (packing === null) return bytes;
  // All of it in one piece, with a byte to spare by which the end is seen: in pieces of 16 KiB, the default, it takes twice as long.
  return expand(bytes, { maxOutputLength: Math.max(1, size), chunkSize: Math.max(SMALL, size + 1) });
}
