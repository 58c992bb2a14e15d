import { boundSqrtError, quantiseSqrt } from '#numeric';
import type { Tensor } from '../contract/explanation.js';
import type { Encoding } from './attention-params.js';

/** Writes maps [layers, heads, rows, keys] row by row, in the form they are kept in; what is not written is 0. */
export class MapWriter {
  private readonly data: Float32Array | Uint8Array;
  private maxAbsError = 0;

  constructor(
    private readonly shape: readonly [layers: number, heads: number, rows: number, keys: number],
    private readonly encoding: Encoding,
  ) {
    const numbers = shape.reduce((product, length) => product * length, 1);
    this.data = encoding === 'exact' ? new Float32Array(numbers) : new Uint8Array(numbers);
  }

  /** @param shares at most as many as there are keys: the row of a token that came before the last has fewer */
  write(layer: number, head: number, row: number, shares: Float32Array | Float64Array): void {
    const [, heads, rows, keys] = this.shape;
    const start = ((layer * heads + head) * rows + row) * keys;
    if (this.data instanceof Float32Array) {
      this.data.set(shares, start);
      return;
    }
    this.maxAbsError = Math.max(this.maxAbsError, quantiseSqrt(shares, this.data, start));
  }

  /**
   * Writes rows that are bytes already, in their order.
   *
   * @param keys of each row; at most as many as there are keys
   * @param most largest probability among them
   */
  copy(layer: number, head: number, row: number, bytes: Uint8Array, keys: number, most: number): void {
    const [, heads, rows, width] = this.shape;
    if (this.data instanceof Float32Array) throw new RangeError('what is kept exactly is not written as bytes');
    const start = ((layer * heads + head) * rows + row) * width;
    if (keys === width) this.data.set(bytes, start);
    else for (let at = 0; at * keys < bytes.length; at++) this.data.set(bytes.subarray(at * keys, (at + 1) * keys), start + at * width);
    this.maxAbsError = Math.max(this.maxAbsError, boundSqrtError(most));
  }

  /**
   * @param rows that were written: later ones are cut off
   * @param keys of the longest of them
   */
  finish(name: string, rows: number, keys: number): Tensor {
    const [layers, heads, , width] = this.shape;
    const dtype = this.encoding === 'exact' ? 'f32' : 'u8-sqrt';
    return { name, shape: [layers, heads, rows, keys], dtype, data: this.cut(rows, keys, width), maxAbsError: this.maxAbsError };
  }

  private cut(rows: number, keys: number, width: number): Float32Array | Uint8Array {
    const [layers, heads, reserved] = this.shape;
    if (rows === reserved && keys === width) return this.data;
    const kept = this.data.slice(0, layers * heads * rows * keys);
    for (let map = 0; map < layers * heads; map++)
      for (let row = 0; row < rows; row++) {
        const start = (map * reserved + row) * width;
        kept.set(this.data.subarray(start, start + keys), (map * rows + row) * keys);
      }
    return kept;
  }
}
