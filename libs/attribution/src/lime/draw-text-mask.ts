import { Random } from '#numeric';

/** Keeps these draws apart from those of other parts that use the same seed. */
const stage = 0x7e87;

/**
 * Draws one perturbation of a text: the number of removed features is uniform on 1 … features, then every subset of
 * that size has the same probability. It depends on the seed and the sample's number alone.
 *
 * @param sample integer, 1 … 2^32 - 1; sample 0 is the original, which is not drawn
 * @param kept one entry per feature; receives 1 = kept, 0 = removed
 *
 * Source: lime 0.2.0.1, `LimeTextExplainer` (the law; the generator is another).
 */
export function drawTextMask(seed: number, sample: number, kept: Uint8Array): void {
  const random = new Random(seed, stage, 0, sample);
  const features = kept.length;
  const removed = 1 + random.below(features);
  // The smaller part is drawn: which of the two is removed does not change the law.
  const removedIsSmaller = 2 * removed <= features;
  kept.fill(removedIsSmaller ? 1 : 0);
  const drawn = random.choose(features, removedIsSmaller ? removed : features - removed);
  for (const feature of drawn) kept[feature] = removedIsSmaller ? 0 : 1;
}
