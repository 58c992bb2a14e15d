import { Random } from '#numeric';
import { DistinctCoalitions } from '../coalitions/distinct-coalitions.js';

/** Keeps these draws apart from those of other parts that use the same seed. */
const stage = 0x9e52;

/** A pair as places in the list of coalitions. */
export interface PermutationPair {
  /** Players in the order in which they enter. */
  readonly order: Int32Array;
  /** [players - 1]: after each player but the last, the coalition of those who have entered. */
  readonly forward: Int32Array;
  /** [players - 1]: the same for the reversed order. */
  readonly backward: Int32Array;
}

/**
 * Permutations of the players, each with its reversal: an antithetic pair. Each coalition that the players pass through on
 * the way in is listed once, however many permutations meet in it. The empty coalition is at place 0, the full one is not
 * listed: its worth is the score of the input.
 *
 * Source: R. Mitchell, J. Cooper, E. Frank, G. Holmes, "Sampling permutations for Shapley value estimation" (JMLR 23, 2022),
 * section 2.3; plain permutations: J. Castro, D. Gómez, J. Tejada (2009).
 */
export class PermutationPairs {
  readonly coalitions: DistinctCoalitions;
  readonly #pairs: PermutationPair[] = [];

  /**
   * @param seed 0 … 2^53 - 1
   * @param players at least 2
   */
  constructor(
    private readonly seed: number,
    private readonly players: number,
  ) {
    this.coalitions = new DistinctCoalitions(players);
    this.coalitions.add(new Uint8Array(players));
  }

  get length(): number {
    return this.#pairs.length;
  }

  /** Draws until there are so many pairs. The k-th pair depends on the seed, the number of players and k alone. */
  drawUpTo(pairs: number): void {
    while (this.#pairs.length < pairs) {
      const order = new Random(this.seed, stage, this.#pairs.length, 0).choose(this.players, this.players);
      this.#pairs.push({ order, forward: this.#enter(order), backward: this.#enter(order.toReversed()) });
    }
  }

  /** @throws RangeError for a pair that was not drawn */
  read(pair: number): PermutationPair {
    const found = this.#pairs[pair];
    if (found === undefined) throw new RangeError(`pair ${pair} of ${this.#pairs.length}`);
    return found;
  }

  #enter(order: Int32Array): Int32Array {
    const present = new Uint8Array(this.players);
    return order.subarray(0, -1).map((player) => {
      present[player] = 1;
      return this.coalitions.add(present);
    });
  }
}
