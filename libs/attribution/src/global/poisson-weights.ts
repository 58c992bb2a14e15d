import { Random } from '#numeric';

/** Keeps these draws apart from those of other parts that use the same seed. */
const stage = 0xb007;

/** P(weight <= k) · 2^32 for k = 0, 1, …, rounded down; beyond the last a weight is one more. */
const limits: readonly number[] = cumulate();

/**
 * How often a row is drawn into each replicate of a bootstrap: independent Poisson(1) weights. They depend on the seed, the
 * row and the replicate alone, so that parts of the data can be resampled apart and their sums merged.
 *
 * @param row number of the row in its data set, 0 … 2^32 - 1
 * @param into receives one weight per replicate
 *
 * Source: N. Chamandy, O. Muralidharan, A. Najmi, S. Naidu, "Estimating uncertainty for massive data streams" (Google, 2012), section 2.
 */
export function drawPoissonWeights(seed: number, row: number, into: Uint8Array): void {
  const random = new Random(seed, stage, row, 0);
  for (let replicate = 0; replicate < into.length; replicate++) {
    const word = random.uint32();
    let weight = 0;
    while (weight < limits.length && word >= (limits[weight] ?? 0)) weight++;
    into[replicate] = weight;
  }
}

function cumulate(): number[] {
  const found: number[] = [];
  let term = Math.exp(-1);
  let sum = 0;
  for (let weight = 0; sum < 1 - 2 ** -33; weight++) {
    sum += term;
    term /= weight + 1;
    found.push(Math.floor(sum * 2 ** 32));
  }
  return found;
}
