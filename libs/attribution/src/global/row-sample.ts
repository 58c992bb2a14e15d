import { Random } from '#numeric';

/** Keeps these draws apart from those of other parts that use the same seed. */
const stage = 0x5a3b;

/** A row with what is kept of it. */
export interface SampledRow<T> {
  readonly row: number;
  readonly item: T;
}

/**
 * A uniform sample of rows without replacement: each row has a priority that depends on the seed and its number alone, and
 * those with the lowest priorities stay. Samples of parts merge into the sample of the whole.
 *
 * Source: E. Cohen, H. Kaplan, "Summarizing data using bottom-k sketches" (PODC 2007).
 */
export class RowSample<T> {
  readonly #kept: { readonly priority: number; readonly row: number; readonly item: T }[] = [];

  /** @param size rows kept at most */
  constructor(
    private readonly seed: number,
    private readonly size: number,
  ) {}

  /** Offers a row. `make` is called only when it is kept. */
  offer(row: number, make: () => T): void {
    const priority = new Random(this.seed, stage, row, 0).float();
    const last = this.#kept.at(-1);
    if (this.#kept.length >= this.size && (last === undefined || !comesBefore(priority, row, last))) return;
    const found = this.#kept.findIndex((one) => comesBefore(priority, row, one));
    this.#kept.splice(found < 0 ? this.#kept.length : found, 0, { priority, row, item: make() });
    if (this.#kept.length > this.size) this.#kept.pop();
  }

  /** The rows kept, by their number. */
  rows(): readonly SampledRow<T>[] {
    return this.#kept.map(({ row, item }) => ({ row, item })).sort((a, b) => a.row - b.row);
  }
}

function comesBefore(priority: number, row: number, other: { readonly priority: number; readonly row: number }): boolean {
  return priority < other.priority || (priority === other.priority && row < other.row);
}
