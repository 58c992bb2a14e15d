import type { ImageHeader } from './image-header.js';

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Channels by colour type, transparency left out. */
const channels: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 3, 4: 1, 6: 3 };

export function isPng(bytes: Uint8Array): boolean {
  return signature.every((byte, at) => bytes[at] === byte);
}

/**
 * The header of a PNG, and whether it announces several frames (an acTL chunk before the first IDAT).
 *
 * @returns what is wrong, where it is no PNG that can be read
 *
 * Source: PNG, third edition, sections 5 and 11.
 */
export function readPngHeader(bytes: Uint8Array): ImageHeader | string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 33 || view.getUint32(8) !== 13 || nameAt(bytes, 12) !== 'IHDR') return 'its first chunk is no IHDR';
  const found = channels[view.getUint8(25)];
  if (found === undefined) return `it has the colour type ${view.getUint8(25)}`;
  let animated = false;
  for (let at = 33; at + 8 <= bytes.length && nameAt(bytes, at + 4) !== 'IDAT'; at += 12 + view.getUint32(at))
    animated ||= nameAt(bytes, at + 4) === 'acTL';
  return { format: 'png', width: view.getUint32(16), height: view.getUint32(20), bits: view.getUint8(24), channels: found, animated };
}

function nameAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
