import type { Tensor } from '../contract/explanation.js';
import type { Encoding } from './attention-params.js';
import { MapWriter } from './map-writer.js';

/** One map [rows, keys] of shares as a tensor of an explanation. */
export function keepMap(name: string, rows: number, keys: number, shares: Float64Array, encoding: Encoding): Tensor {
  const writer = new MapWriter([1, 1, rows, keys], encoding);
  for (let row = 0; row < rows; row++) writer.write(0, 0, row, shares.subarray(row * keys, (row + 1) * keys));
  return { ...writer.finish(name, rows, keys), shape: [rows, keys] };
}
