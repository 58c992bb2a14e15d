import { readFile } from 'node:fs/promises';
import { inflateSync } from 'node:zlib';

/** A picture of 8 bits a channel, row by row, channels of a pixel together. */
export interface ExamplePicture {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly bytes: Uint8Array;
}

/** Reads an example picture: PNG with 8 bits for each of red, green and blue, not interlaced. Source: PNG specification, chapters 5 and 9. */
export async function readExample(path: string): Promise<ExamplePicture> {
  const file = await readFile(path);
  const parts: Buffer[] = [];
  let [width, height, kind] = [0, 0, -1];
  for (let at = 8; at < file.length;) {
    const length = file.readUInt32BE(at);
    const name = file.toString('latin1', at + 4, at + 8);
    const data = file.subarray(at + 8, at + 8 + length);
    if (name === 'IHDR') [width, height, kind] = [data.readUInt32BE(0), data.readUInt32BE(4), data.readUInt32BE(8) >>> 8];
    if (name === 'IDAT') parts.push(data);
    at += length + 12;
  }
  // 8 bits, true colour, deflated, filtered line by line; the last byte says that it is not interlaced.
  if (kind !== 0x080200) throw new RangeError(`${path} is no plain picture of 8 bits`);
  return { width, height, channels: 3, bytes: unfilter(inflateSync(Buffer.concat(parts)), width * 3, height) };
}

function unfilter(lines: Uint8Array, stride: number, height: number): Uint8Array {
  const bytes = new Uint8Array(stride * height);
  for (let row = 0; row < height; row++) {
    const filter = lines[row * (stride + 1)] ?? 0;
    for (let at = 0; at < stride; at++) {
      const left = at < 3 ? 0 : (bytes[row * stride + at - 3] ?? 0);
      const above = row === 0 ? 0 : (bytes[(row - 1) * stride + at] ?? 0);
      const corner = row === 0 || at < 3 ? 0 : (bytes[(row - 1) * stride + at - 3] ?? 0);
      const guess = [0, left, above, (left + above) >> 1, predict(left, above, corner)][filter] ?? 0;
      bytes[row * stride + at] = (lines[row * (stride + 1) + 1 + at] ?? 0) + guess;
    }
  }
  return bytes;
}

/** Paeth's predictor. */
function predict(left: number, above: number, corner: number): number {
  const sum = left + above - corner;
  const [toLeft, toAbove, toCorner] = [Math.abs(sum - left), Math.abs(sum - above), Math.abs(sum - corner)];
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}
