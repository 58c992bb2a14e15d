/** Rows that go through the graph together. */
export interface Batch {
  /** Places of the rows in the list that was planned. */
  readonly rows: readonly number[];
  /** Tokens that every row is padded to. */
  readonly tokens: number;
}

export interface BatchRules {
  /** Tokens of a run, padding included. */
  readonly tokenBudget: number;
  /** Rows share a run when their lengths end in the same step of this many tokens; all are padded to the longest of the run. */
  readonly bucket: number;
  readonly maxTokens: number;
  /** False where rows of different length may share no run, because the graph has no mask or no padding token. */
  readonly padding: boolean;
  /** Rows and tokens of a run where the graph fixes them, else null. */
  readonly fixedRows: number | null;
  readonly fixedTokens: number | null;
  /** Whether each row runs alone: the model rounds by the largest number of a run. */
  readonly alone: boolean;
  /** Set for a model whose rows answer differently in other company: rows stay in order, this many to a run. */
  readonly rowsInOrder: number | null;
}

/**
 * Packs rows into runs. Rows of like length go together, because padding costs as much as text, and a run holds a
 * budget of tokens, because longer runs leave the processor's cache.
 *
 * @param lengths tokens of each row, at least 1
 */
export function planBatches(lengths: readonly number[], rules: BatchRules): readonly Batch[] {
  const inOrder = rules.rowsInOrder !== null;
  const mixed = inOrder && rules.padding;
  const steps = lengths.map((length) => stepOf(length, rules));
  const order = lengths.map((_, row) => row);
  if (!inOrder) order.sort((one, other) => (lengths[one] ?? 0) - (lengths[other] ?? 0) || one - other);

  const batches: Batch[] = [];
  let open: number[] = [];
  let tokens = 0;
  let step = 0;
  const close = (): void => {
    if (open.length > 0) batches.push({ rows: open, tokens: rules.fixedTokens ?? tokens });
    open = [];
    tokens = 0;
  };
  for (const row of order) {
    const length = lengths[row] ?? 0;
    const own = steps[row] ?? 0;
    if (open.length > 0 && (open.length >= capacity(rules, own) || (step !== own && !mixed))) close();
    open.push(row);
    step = own;
    tokens = Math.max(tokens, length);
  }
  close();
  return batches;
}

function stepOf(length: number, { fixedTokens, padding, rowsInOrder, bucket, maxTokens }: BatchRules): number {
  if (fixedTokens !== null) return fixedTokens;
  return padding && rowsInOrder === null ? Math.min(Math.ceil(length / bucket) * bucket, maxTokens) : length;
}

function capacity({ alone, fixedRows, rowsInOrder, tokenBudget }: BatchRules, tokens: number): number {
  if (alone) return 1;
  return fixedRows ?? rowsInOrder ?? Math.max(1, Math.floor(tokenBudget / tokens));
}
