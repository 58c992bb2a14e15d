import { factorCholesky, solveCholesky } from '#numeric';
import { listMembers, pairWeight, type PairSample } from './pair-sample.js';

/**
 * Inverse of the design of a pair sample, Σ w x xᵀ, on the space of vectors that sum to zero. Along the constant vector, where
 * every x is blind, the design is made regular: values that sum to zero do not feel it.
 *
 * @returns [players x players], symmetric
 * @throws NotPositiveDefinite when the pairs do not tell all players apart, which cannot happen once the first stratum is whole
 */
export function invertDesign(sample: PairSample): Float64Array {
  const { players } = sample;
  const design = sumDesign(sample);
  let trace = 0;
  for (let player = 0; player < players; player++) trace += design[player * players + player] ?? 0;
  const ridge = trace / (players * players);
  for (let cell = 0; cell < design.length; cell++) design[cell] = (design[cell] ?? 0) + ridge;
  const factor = factorCholesky(design, players);
  const inverse = new Float64Array(players * players);
  const unit = new Float64Array(players);
  for (let player = 0; player < players; player++) {
    unit.fill(0);
    unit[player] = 1;
    inverse.set(solveCholesky(factor, players, unit), player * players);
  }
  return inverse;
}

/**
 * Σ w x xᵀ with x = z - s / n. How often players meet is counted in whole numbers, so that no order of summation matters;
 * the rest follows from the counts.
 */
function sumDesign(sample: PairSample): Float64Array {
  const { players, strata, counts } = sample;
  const design = new Float64Array(players * players);
  const together = new Float64Array(players * players);
  strata.forEach(({ size }, stratum) => {
    const drawn = counts[stratum] ?? 0;
    if (drawn === 0) return;
    countMeetings(sample, stratum, together.fill(0));
    const weight = pairWeight(sample, stratum);
    const share = size / players;
    for (let i = 0; i < players; i++) {
      for (let j = 0; j < players; j++) {
        const alone = (together[i * players + i] ?? 0) + (together[j * players + j] ?? 0);
        const met = together[i * players + j] ?? 0;
        design[i * players + j] = (design[i * players + j] ?? 0) + weight * (met - share * alone + drawn * share * share);
      }
    }
  });
  return design;
}

/** In how many of a stratum's coalitions each two players are together; on the diagonal, each player. */
function countMeetings(sample: PairSample, stratum: number, together: Float64Array): void {
  const { players, stratumOf } = sample;
  const present = new Uint8Array(players);
  const members = new Int32Array(players);
  for (let pair = 0; pair < sample.pairs.length; pair++) {
    if (stratumOf[pair] !== stratum) continue;
    const count = listMembers(sample, pair, present, members);
    for (let a = 0; a < count; a++) {
      const row = (members[a] ?? 0) * players;
      for (let b = 0; b < count; b++) {
        const cell = row + (members[b] ?? 0);
        together[cell] = (together[cell] ?? 0) + 1;
      }
    }
  }
}
