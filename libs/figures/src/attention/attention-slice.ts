/** What one picture of attention shows: one head, a mean over heads, or a rollout. */
export interface AttentionSlice {
  /** What is shown, for example "Layer 3, head 5 of sst2-minilm". */
  readonly title: string;
  /** Tokens as people read them, one per row of `values`. */
  readonly queries: readonly string[];
  readonly keys: readonly string[];
  /** Whether a row is named by the token that was chosen, and not by the one before it, which looks. */
  readonly isChosen?: boolean;
  /** [queries, keys], row-major; each row is a distribution. */
  readonly values: ArrayLike<number>;
  /** Largest difference between a stored number and the one computed. */
  readonly maxAbsError: number;
}

/** @throws RangeError where nothing can be drawn: no tokens, another count of values than of cells, or a value that is no weight */
export function checkAttention({ queries, keys, values, maxAbsError }: AttentionSlice): void {
  const [rows, columns] = [queries.length, keys.length];
  if (rows === 0 || columns === 0) throw new RangeError(`attention of ${rows} queries to ${columns} keys cannot be drawn`);
  if (values.length !== rows * columns) throw new RangeError(`${values.length} values for ${rows} queries and ${columns} keys`);
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? NaN;
    if (!isWeight(value)) throw new RangeError(`weight ${value} of query ${Math.floor(index / columns)} to key ${index % columns}`);
  }
  if (!isWeight(maxAbsError)) throw new RangeError(`maxAbsError ${maxAbsError}`);
}

export function weightAt({ keys, values }: AttentionSlice, query: number, key: number): number {
  return values[query * keys.length + key] ?? 0;
}

export function largestWeight({ values }: AttentionSlice): number {
  return Array.from(values).reduce((most, value) => Math.max(most, value), 0);
}

function isWeight(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}
