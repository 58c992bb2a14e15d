import type { ImageHeader } from './image-header.js';

/** Start-of-frame markers that are read: baseline, extended and progressive with Huffman codes. */
const read = new Set([0xc0, 0xc1, 0xc2]);
/** In the range of start-of-frame markers without being one: Huffman tables, an extension, arithmetic conditioning. */
const others = new Set([0xc4, 0xc8, 0xcc]);

export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/**
 * The first frame header of a JPEG.
 *
 * @returns what is wrong, where it is no JPEG that can be read
 *
 * Source: ITU-T T.81, annex B.
 */
export function readJpegHeader(bytes: Uint8Array): ImageHeader | string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return `byte ${at} is no marker`;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1; // fill byte
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xcf && !others.has(marker)) return readFrame(view, at, marker);
    // Scan or end before any frame: there is nothing to decode.
    if (marker === 0xda || marker === 0xd9) return 'it has no frame';
    at += 2 + view.getUint16(at + 2);
  }
  return 'it ends before its frame';
}

function readFrame(view: DataView, at: number, marker: number): ImageHeader | string {
  if (!read.has(marker)) return `its frame is of the kind 0x${marker.toString(16)}, lossless, hierarchical or arithmetic`;
  if (at + 10 > view.byteLength) return 'it ends inside its frame header';
  return {
    format: 'jpeg',
    width: view.getUint16(at + 7),
    height: view.getUint16(at + 5),
    bits: view.getUint8(at + 4),
    channels: view.getUint8(at + 9),
    animated: false,
  };
}
