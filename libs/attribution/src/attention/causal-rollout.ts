/**
 * `rollOutAttention` for layers in which a token sees itself and those before it alone, row after row as a text is read: so no more is in
 * memory than one map a layer, and a sixth of the products is computed.
 *
 * Source: S. Abnar and W. Zuidema (2020), Quantifying Attention Flow in Transformers, section 3 (attention rollout).
 */
export class CausalRollout {
  private readonly flows: readonly Float64Array[];
  private rows = 0;

  /**
   * @param layers how many there are, at least 1
   * @param tokens of the whole text
   * @param residual share of a token that passes its layer by, 0 … 1
   */
  constructor(
    layers: number,
    private readonly tokens: number,
    private readonly residual: number,
  ) {
    this.flows = Array.from({ length: layers }, () => new Float64Array(tokens * tokens));
  }

  /**
   * Takes the next token.
   *
   * @param means of each layer, first to last: the mean over its heads, for the tokens up to this one
   * @throws RangeError for another number of layers, and beyond the last token
   */
  add(means: readonly Float64Array[]): void {
    const { tokens, rows: row } = this;
    if (means.length !== this.flows.length || row >= tokens) throw new RangeError(`${means.length} layers at token ${row} of ${tokens}`);
    this.flows.forEach((flow, layer) => {
      const shares = this.mix(means[layer] ?? new Float64Array(), row);
      const before = this.flows[layer - 1];
      const target = flow.subarray(row * tokens, row * tokens + row + 1);
      if (before === undefined) target.set(shares);
      else
        shares.forEach((share, inner) => {
          const source = before.subarray(inner * tokens, inner * tokens + inner + 1);
          for (let key = 0; key <= inner; key++) target[key] = (target[key] ?? 0) + share * (source[key] ?? 0);
        });
    });
    this.rows += 1;
  }

  /** @returns [tokens after the last layer, tokens of the text], row-major; rows that were added sum to 1 */
  finish(): Float64Array {
    return this.flows.at(-1) ?? new Float64Array();
  }

  private mix(mean: Float64Array, row: number): Float64Array {
    const { residual } = this;
    const mixed = Float64Array.from({ length: row + 1 }, (_, key) => (1 - residual) * (mean[key] ?? NaN) + (key === row ? residual : 0));
    const sum = mixed.reduce((total, share) => total + share, 0);
    return mixed.map((share) => share / sum);
  }
}
