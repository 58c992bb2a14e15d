import { BinaryRows } from '../lime/binary-rows.js';
import type { Coalitions } from './coalitions.js';

/** Coalitions given one by one; one that is already there is not added again. */
export class DistinctCoalitions implements Coalitions {
  readonly #rows: BinaryRows;

  /** @param players at least 1 */
  constructor(readonly players: number) {
    this.#rows = new BinaryRows(players);
  }

  get length(): number {
    return this.#rows.length;
  }

  /** Index of a coalition (1 = present), added when it is new. */
  add(present: ArrayLike<number>): number {
    return this.#rows.intern(present);
  }

  read(index: number, into: Uint8Array): void {
    this.#rows.read(index, into);
  }
}
