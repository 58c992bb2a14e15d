/** What is known of a word. */
export interface WordCount {
  /** Occurrences that were counted. */
  readonly count: number;
  /** Occurrences that may have been missed before the word came into the table, at most. */
  readonly missed: number;
  /** Sums over the counted occurrences, one group of three per target: Σ a, Σ |a|, Σ a². */
  readonly sums: readonly number[];
}

export interface WordTableData {
  /** A word that is not in the table occurred at most so often. */
  readonly bound: number;
  readonly words: readonly (readonly [word: string, count: number, missed: number, sums: readonly number[]])[];
}

interface Entry {
  count: number;
  missed: number;
  sums: number[];
}

/**
 * Attributions by word in bounded space. Exact while there are at most `capacity` different words; beyond that the rarest
 * are given up, and how often a word may have occurred unseen is bounded and stated. Tables merge.
 *
 * Source: G. S. Manku, R. Motwani, "Approximate frequency counts over data streams" (VLDB 2002), for entries with a bound on what
 * was missed; P. K. Agarwal et al., "Mergeable summaries" (PODS 2012), for bounds that add up.
 */
export class WordTable {
  readonly #entries = new Map<string, Entry>();
  #bound = 0;

  constructor(
    private readonly targets: number,
    private readonly capacity: number,
  ) {}

  static of({ bound, words }: WordTableData, targets: number, capacity: number): WordTable {
    const table = new WordTable(targets, capacity);
    table.#bound = bound;
    for (const [word, count, missed, sums] of words) table.#entries.set(word, { count, missed, sums: [...sums] });
    return table;
  }

  /** A word that is not in the table occurred at most so often; 0 while the table is exact. */
  get bound(): number {
    return this.#bound;
  }

  get words(): Iterable<readonly [string, WordCount]> {
    return this.#entries;
  }

  /** @param attributions of one occurrence, one per target */
  add(word: string, attributions: readonly number[]): void {
    const entry = this.#find(word, this.#bound);
    entry.count++;
    attributions.forEach((value, target) => {
      addTo(entry.sums, 3 * target, value);
      addTo(entry.sums, 3 * target + 1, Math.abs(value));
      addTo(entry.sums, 3 * target + 2, value * value);
    });
    if (this.#entries.size > 2 * this.capacity) this.#giveUpRarest();
  }

  /** Adds what another table, of other text, counted. */
  merge(other: WordTable): void {
    for (const [word, entry] of this.#entries) if (!other.#entries.has(word)) entry.missed += other.#bound;
    for (const [word, theirs] of other.#entries) {
      const mine = this.#find(word, this.#bound);
      mine.count += theirs.count;
      mine.missed += theirs.missed;
      theirs.sums.forEach((sum, place) => addTo(mine.sums, place, sum));
    }
    this.#bound += other.#bound;
    this.#giveUpRarest();
  }

  /** By word, so that equal tables are equal data. */
  toData(): WordTableData {
    this.#giveUpRarest();
    const words = [...this.#entries].sort(([a], [b]) => (a < b ? -1 : 1));
    return { bound: this.#bound, words: words.map(([word, { count, missed, sums }]) => [word, count, missed, sums]) };
  }

  #find(word: string, missed: number): Entry {
    const known = this.#entries.get(word);
    if (known !== undefined) return known;
    const fresh: Entry = { count: 0, missed, sums: new Array<number>(3 * this.targets).fill(0) };
    this.#entries.set(word, fresh);
    return fresh;
  }

  #giveUpRarest(): void {
    if (this.#entries.size <= this.capacity) return;
    const byRank = [...this.#entries].sort(([a, x], [b, y]) => y.count + y.missed - x.count - x.missed || (a < b ? -1 : 1));
    for (const [word, { count, missed }] of byRank.slice(this.capacity)) {
      this.#bound = Math.max(this.#bound, count + missed);
      this.#entries.delete(word);
    }
  }
}

function addTo(sums: number[], place: number, value: number): void {
  sums[place] = (sums[place] ?? 0) + value;
}
