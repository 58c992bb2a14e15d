import { entropy } from '#numeric';

/**
 * What a person would call a head. previous, self, separator, first: at least half of its attention is there (in this order of
 * precedence); local: 2 tokens away or less in the mean; broad: at least four fifths of the entropy of a head that looks at every key it can
 * see alike; else mixed.
 */
export const headPatterns = ['previous', 'self', 'separator', 'first', 'local', 'broad', 'mixed'] as const;
export type HeadPattern = (typeof headPatterns)[number];

/** Numbers of one row of a head: a distribution over the keys. */
export interface RowMeasures {
  /** In nats. */
  readonly entropy: number;
  /** Share on the first key. */
  readonly first: number;
  /** Share on the keys that separate texts. */
  readonly separator: number;
  /** Mean of |query - key| in tokens; like the next two not read where queries and keys are different texts. */
  readonly distance: number;
  /** Share on the query itself. */
  readonly self: number;
  /** Share on the key before the query's own; not read for the first. */
  readonly previous: number;
}

/** What a head does, in numbers: means over its rows. */
export interface HeadSummary {
  /** Nats: 0 for a head that looks at one token, ln(keys) for one that looks at all alike. */
  readonly entropy: number;
  /** Mean of |query - key| over what is attended to, in tokens; null where queries and keys are different texts. */
  readonly meanDistance: number | null;
  /** Share on the first key. */
  readonly first: number;
  /** Share on the token before the query; the first token has none and is left out. Null where no query has one. */
  readonly previous: number | null;
  /** Share on the query itself; null where queries and keys are different texts. */
  readonly self: number | null;
  /** Share on separators; null where there is none. */
  readonly separator: number | null;
  readonly pattern: HeadPattern;
}

const dominantShare = 0.5;
const localDistance = 2;
const broadShare = 0.8;

/**
 * Sums up one head, row by row.
 *
 * Source of the measures: K. Clark et al. (2019), What Does BERT Look At?, sections 3 and 3.2; J. Vig and Y. Belinkov (2019), Analyzing the
 * Structure of Attention in a Transformer Language Model, section 4 (distance).
 */
export class HeadMeter {
  private rows = 0;
  private placed = 0;
  private withPrevious = 0;
  private entropy = 0;
  private mostEntropy = 0;
  private distance = 0;
  private first = 0;
  private previous = 0;
  private self = 0;
  private separator = 0;

  /**
   * @param separators keys that separate texts ([SEP], </s>, an end of text)
   * @param causal whether a query sees only keys up to its own position
   */
  constructor(
    private readonly separators: readonly number[],
    private readonly causal: boolean,
  ) {}

  /**
   * @param shares a distribution over the keys
   * @param position of the query among the keys; null where queries and keys are different texts
   */
  add(shares: Float32Array | Float64Array, position: number | null): void {
    const measures = {
      entropy: entropy(shares),
      first: shares[0] ?? NaN,
      separator: this.separators.reduce((sum, key) => sum + (shares[key] ?? 0), 0),
      distance: position === null ? 0 : meanDistance(shares, position),
      self: shares[position ?? 0] ?? NaN,
      previous: shares[(position ?? 0) - 1] ?? NaN,
    };
    this.addMeasured(measures, shares.length, position);
  }

  /**
   * A row that was measured elsewhere.
   *
   * @param keys of the row
   * @param position as for `add`
   */
  addMeasured(measures: RowMeasures, keys: number, position: number | null): void {
    this.rows += 1;
    this.entropy += measures.entropy;
    this.separator += measures.separator;
    this.first += measures.first;
    this.mostEntropy += Math.log(this.causal && position !== null ? Math.min(position + 1, keys) : keys);
    if (position === null) return;
    this.placed += 1;
    this.distance += measures.distance;
    this.self += measures.self;
    if (position === 0) return;
    this.withPrevious += 1;
    this.previous += measures.previous;
  }

  /** @throws RangeError where no row was added */
  summarise(): HeadSummary {
    const { rows, placed, withPrevious } = this;
    if (rows === 0) throw new RangeError('a head without queries has no summary');
    const measures = {
      entropy: this.entropy / rows,
      meanDistance: placed === 0 ? null : this.distance / placed,
      first: this.first / rows,
      previous: withPrevious === 0 ? null : this.previous / withPrevious,
      self: placed === 0 ? null : this.self / placed,
      separator: this.separators.length === 0 ? null : this.separator / rows,
    };
    return { ...measures, pattern: namePattern(measures, this.mostEntropy / rows) };
  }
}

function meanDistance(shares: Float32Array | Float64Array, position: number): number {
  let sum = 0;
  for (let key = 0; key < shares.length; key++) sum += (shares[key] ?? NaN) * Math.abs(position - key);
  return sum;
}

function namePattern(measures: Omit<HeadSummary, 'pattern'>, mostEntropy: number): HeadPattern {
  const dominant = (['previous', 'self', 'separator', 'first'] as const).find((name) => (measures[name] ?? 0) >= dominantShare);
  if (dominant !== undefined) return dominant;
  if (measures.meanDistance !== null && measures.meanDistance <= localDistance) return 'local';
  return measures.entropy >= broadShare * mostEntropy ? 'broad' : 'mixed';
}
