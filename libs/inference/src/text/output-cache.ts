import { LRUCache } from 'lru-cache';

/** What an entry costs beside its key and its numbers: map slot, list links, array header. */
const entryBytes = 200;

/** Scores of rows seen before, by model and token ids; the least recently used are dropped first. */
export class OutputCache {
  private readonly scores: LRUCache<string, Float64Array>;

  /** @param maxBytes of keys and scores together */
  constructor(maxBytes: number) {
    this.scores = new LRUCache({ maxSize: maxBytes, sizeCalculation: (scores, key) => key.length + scores.byteLength + entryBytes });
  }

  /** @param row see keyOfRow */
  get(model: string, row: string): Float64Array | undefined {
    return this.scores.get(model + row);
  }

  /** @param scores kept as they are: a view of a larger array would keep all of it */
  set(model: string, row: string, scores: Float64Array): void {
    this.scores.set(model + row, scores);
  }
}

/** A text that is equal exactly for equal rows of token ids: one character for each byte. */
export function keyOfRow(row: Int32Array): string {
  return Buffer.from(row.buffer, row.byteOffset, row.byteLength).toString('latin1');
}
