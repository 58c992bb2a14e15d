import { Random } from '#numeric';
import { BinaryRows } from '../lime/binary-rows.js';
import type { PairStratum } from './pair-strata.js';
import { unrankSubset } from './unrank-subset.js';

/** Keeps these draws apart from those of other parts that use the same seed. */
const stage = 0x5ad1;

/** Strata up to this many pairs are numbered, and the numbers are drawn like cards. */
const largestDeck = 2 ** 53;

/** Draws pairs of coalitions without ever drawing one twice. */
export interface PairSampler {
  /**
   * Writes the smaller coalition of the next pair of a stratum, 1 = present. The j-th draw of a stratum is the same
   * whenever it comes and whatever is drawn from other strata.
   *
   * @throws RangeError when the stratum is exhausted
   */
  draw(stratum: number, into: Uint8Array): void;
}

/**
 * @param seed integer, 0 … 2^53 - 1
 * @param players at least 2
 */
export function samplePairs(seed: number, players: number, strata: readonly PairStratum[]): PairSampler {
  const decks = strata.map((stratum) =>
    stratum.pairs <= largestDeck ? numberedDeck(seed, players, stratum) : endlessDeck(seed, players, stratum),
  );
  return {
    draw(stratum, into) {
      const deck = decks[stratum];
      if (deck === undefined) throw new RangeError(`no stratum ${stratum}`);
      deck(into);
    },
  };
}

/**
 * A shuffle of the pairs' numbers that is carried out only as far as cards are drawn (Fisher and Yates): every subset of
 * the stratum is equally likely, up to the whole of it.
 */
function numberedDeck(seed: number, players: number, { size, pairs }: PairStratum): (into: Uint8Array) => void {
  const moved = new Map<number, number>();
  let drawn = 0;
  return (into) => {
    if (drawn >= pairs) throw new RangeError(`all ${pairs} pairs of size ${size} are drawn`);
    const at = drawn + new Random(seed, stage, size, drawn).below(pairs - drawn);
    const rank = moved.get(at) ?? at;
    const first = moved.get(drawn) ?? drawn;
    moved.delete(drawn);
    if (at !== drawn) moved.set(at, first);
    drawn++;
    if (2 * size < players) {
      unrankSubset(players, size, rank, into);
      return;
    }
    // Halves: player 0 is in, the others are drawn.
    unrankSubset(players - 1, size - 1, rank, into);
    into.copyWithin(1, 0, players - 1);
    into[0] = 1;
  };
}

/** For strata with more pairs than can be numbered. A pair drawn before is drawn anew. */
function endlessDeck(seed: number, players: number, { size }: PairStratum): (into: Uint8Array) => void {
  const seen = new BinaryRows(players);
  let drawn = 0;
  return (into) => {
    const random = new Random(seed, stage, size, drawn);
    for (const known = seen.length; seen.length === known;) {
      into.fill(0, 0, players);
      const half = 2 * size === players;
      for (const member of random.choose(half ? players - 1 : players, half ? size - 1 : size)) into[member + (half ? 1 : 0)] = 1;
      if (half) into[0] = 1;
      seen.intern(into);
    }
    drawn++;
  };
}
