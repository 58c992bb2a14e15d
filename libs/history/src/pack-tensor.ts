import { promisify } from 'node:util';
import { constants, deflateRaw, inflateRaw } from 'node:zlib';

/** How the numbers of a tensor rest: as they are, or compressed (RFC 1951). */
export type Packing = 'deflate-raw' | null;

export interface PackedTensor {
  readonly packing: Packing;
  readonly bytes: Uint8Array;
}

const compress = promisify(deflateRaw);
const expand = promisify(inflateRaw);
/** Below this nothing is worth the call. */
const SMALL = 1024;

/** Numbers as they rest: compressed where that is smaller. Off the main thread: there can be 64 MiB of them. */
export async function packTensor(bytes: Uint8Array): Promise<PackedTensor> {
  if (bytes.byteLength < SMALL) return { packing: null, bytes };
  const packed = await compress(bytes, { level: constants.Z_BEST_SPEED });
  return packed.byteLength < bytes.byteLength ? { packing: 'deflate-raw', bytes: packed } : { packing: null, bytes };
}

/**
 * The numbers as they were packed.
 *
 * @param size bytes that they have
 * @throws Error where they are more
 */
export async function unpackTensor({ packing, bytes }: PackedTensor, size: number): Promise<Uint8Array> {
  return packing === null ? bytes : expand(bytes, { maxOutputLength: Math.max(1, size) });
}
