/** How many rows had what, as plain data: by name. */
export type RowCounts = readonly (readonly [name: string, rows: number])[];

/** Counts rows by a name. */
export class RowCounter {
  readonly #counts: Map<string, number>;

  constructor(counts: RowCounts = []) {
    this.#counts = new Map(counts);
  }

  add(name: string, rows = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + rows);
  }

  merge(counts: RowCounts): void {
    for (const [name, rows] of counts) this.add(name, rows);
  }

  toData(): RowCounts {
    return [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
