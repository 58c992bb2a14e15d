import { fillNormalised } from '#imaging';
import type { ImageCore } from '../image/image-core.js';
import type { ProbeBench } from './probe-bench.js';

/** Pixel values 0 … 255 of a row, column and channel: flat ones, slopes, stripes, squares, and grain. */
const patterns: readonly ((row: number, column: number, channel: number) => number)[] = [
  () => 0,
  () => 255,
  () => 114,
  (row) => (row * 5) % 256,
  (_row, column, channel) => (column * 3 + channel * 60) % 256,
  (row, column) => (((row >> 3) + (column >> 3)) % 2 === 0 ? 230 : 20),
  (row, column, channel) => grain(row, column, channel),
  (row, column, channel) => (column % 16 < 4 ? 200 : grain(column, row, channel + 3)),
  (row, column, channel) => (grain(row >> 2, column >> 2, channel) * 3) % 256,
];

/** Probe rows of an image model: pictures made up, no two alike. */
export function makeImageBench(core: ImageCore): ProbeBench {
  const rows = patterns.map((pixel) => drawPattern(core, pixel));
  return {
    rows: rows.length,
    outputs: core.outputs,
    largest: core.rowsPerRun,
    most: core.rowsPerRun,
    run: (places) => core.runBatch(places.flatMap((place) => rows[place] ?? [])),
  };
}

function drawPattern({ image }: ImageCore, pixel: (row: number, column: number, channel: number) => number): Float32Array {
  const { channels, height, width } = image;
  const table = Array.from({ length: 256 }, (_, value) => fillNormalised(image, value));
  const input = new Float32Array(channels * height * width);
  for (let at = 0; at < input.length; at++) {
    const channel = Math.floor(at / (height * width));
    const place = at % (height * width);
    input[at] = table[pixel(Math.floor(place / width), place % width, channel)]?.[channel] ?? 0;
  }
  return input;
}

/** A value 0 … 255 that looks like chance. The constants are those of murmur3's final mix. */
function grain(one: number, two: number, three: number): number {
  let value = Math.imul(one + 1, 0x85ebca6b) ^ Math.imul(two + 1, 0xc2b2ae35) ^ Math.imul(three + 1, 0x27d4eb2f);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) & 255;
}
