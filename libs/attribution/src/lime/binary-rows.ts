/**
 * Rows of zeros and ones, 32 to a word, so that a million rows of a few hundred features stay below 100 MB.
 * Rows are found again by their content where `intern` is used.
 */
export class BinaryRows {
  readonly #words: number;
  readonly #scratch: Uint32Array;
  #data: Uint32Array;
  #length = 0;
  /** Open addressing; row index + 1, 0 = free. Empty until the first `intern`. */
  #slots = new Int32Array(0);

  /** @param features length of every row, at least 1 */
  constructor(readonly features: number) {
    if (!Number.isInteger(features) || features < 1) throw new RangeError(`rows of ${features} features`);
    this.#words = Math.ceil(features / 32);
    this.#scratch = new Uint32Array(this.#words);
    this.#data = new Uint32Array(this.#words * 16);
  }

  get length(): number {
    return this.#length;
  }

  /** Adds a row, whether or not an equal one is there, and returns its index. Any value but 0 counts as 1. */
  append(row: ArrayLike<number>): number {
    this.#pack(row);
    return this.#push();
  }

  /** Index of the row with this content, added when it is new. Rows added by `append` are not found. */
  intern(row: ArrayLike<number>): number {
    this.#pack(row);
    if (2 * (this.#length + 1) > this.#slots.length) this.#growSlots();
    const slot = this.#findSlot(this.#scratch, 0);
    const found = this.#slots[slot] ?? 0;
    if (found > 0) return found - 1;
    const index = this.#push();
    this.#slots[slot] = index + 1;
    return index;
  }

  /** Writes a row as zeros and ones into `into` and returns how many ones it has. */
  read(index: number, into: Uint8Array): number {
    if (index < 0 || index >= this.#length) throw new RangeError(`row ${index} of ${this.#length}`);
    const start = index * this.#words;
    let ones = 0;
    for (let feature = 0; feature < this.features; feature++) {
      const bit = ((this.#data[start + (feature >>> 5)] ?? 0) >>> (feature & 31)) & 1;
      into[feature] = bit;
      ones += bit;
    }
    return ones;
  }

  #pack(row: ArrayLike<number>): void {
    if (row.length !== this.features) throw new RangeError(`a row of ${row.length} features, not ${this.features}`);
    this.#scratch.fill(0);
    for (let feature = 0; feature < this.features; feature++) {
      if (row[feature] !== 0) this.#scratch[feature >>> 5] = (this.#scratch[feature >>> 5] ?? 0) | (1 << (feature & 31));
    }
  }

  #push(): number {
    const start = this.#length * this.#words;
    if (start === this.#data.length) {
      const grown = new Uint32Array(2 * this.#data.length);
      grown.set(this.#data);
      this.#data = grown;
    }
    this.#data.set(this.#scratch, start);
    return this.#length++;
  }

  /** First slot that is free or holds a row equal to the words at `start`. */
  #findSlot(words: Uint32Array, start: number): number {
    const last = this.#slots.length - 1;
    let hash = 0x811c9dc5;
    for (let k = 0; k < this.#words; k++) {
      hash = Math.imul(hash ^ (words[start + k] ?? 0), 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    let slot = hash & last;
    while (this.#isOther(this.#slots[slot] ?? 0, words, start)) slot = (slot + 1) & last;
    return slot;
  }

  #isOther(entry: number, words: Uint32Array, start: number): boolean {
    if (entry === 0) return false;
    const own = (entry - 1) * this.#words;
    for (let k = 0; k < this.#words; k++) if (this.#data[own + k] !== words[start + k]) return true;
    return false;
  }

  #growSlots(): void {
    const rows = this.#slots.filter((entry) => entry > 0);
    this.#slots = new Int32Array(Math.max(64, 2 * this.#slots.length));
    for (const entry of rows) this.#slots[this.#findSlot(this.#data, (entry - 1) * this.#words)] = entry;
  }
}
