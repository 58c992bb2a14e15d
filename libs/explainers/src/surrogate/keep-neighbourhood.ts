import type { Tensor } from '../contract/explanation.js';

/**
 * The perturbations as a tensor [samples, features] of zeros and ones, the input first.
 *
 * @param keep tensors asked for
 * @param players for each perturbed feature the index of the feature it is in the result; the others are always 1
 * @param write writes one sample, one entry per player
 */
export function keepNeighbourhood(
  keep: readonly string[],
  samples: number,
  features: number,
  players: readonly number[],
  write: (sample: number, into: Uint8Array) => void,
): readonly Tensor[] {
  if (!keep.includes('neighbourhood')) return [];
  const data = new Uint8Array(samples * features).fill(1);
  const row = new Uint8Array(players.length);
  for (let sample = 1; sample < samples; sample++) {
    write(sample, row);
    players.forEach((feature, player) => (data[sample * features + feature] = row[player] ?? 0));
  }
  return [{ name: 'neighbourhood', shape: [samples, features], dtype: 'u8', data, maxAbsError: 0 }];
}
