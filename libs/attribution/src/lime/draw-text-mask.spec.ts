import { describe, expect, it } from '@jest/globals';
import { chiSquareTail, Random } from '#numeric';
import { readGoldenTensors } from '#testing';
import { drawTextMask } from './draw-text-mask.js';

/** p of the chi-square test that counts follow a law. */
function testLaw(counts: readonly number[], law: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const statistic = law.reduce((sum, share, cell) => sum + ((counts[cell] ?? 0) - total * share) ** 2 / (total * share), 0);
  return chiSquareTail(statistic, law.length - 1);
}

/** How many masks remove 1, 2, … all features. */
function countSizes(masks: readonly Uint8Array[]): number[] {
  const counts = new Array<number>(masks[0]?.length ?? 0).fill(0);
  for (const mask of masks) {
    const removed = mask.filter((kept) => kept === 0).length;
    counts[removed - 1] = (counts[removed - 1] ?? 0) + 1;
  }
  return counts;
}

const uniform = (cells: number): number[] => new Array<number>(cells).fill(1 / cells);

function draw(features: number, samples: number, seed: number): Uint8Array[] {
  return Array.from({ length: samples }, (_, sample) => {
    const kept = new Uint8Array(features);
    drawTextMask(seed, sample + 1, kept);
    return kept;
  });
}

describe('drawTextMask', () => {
  it.each([
    [2, 1],
    [12, 2],
    [15, 3],
    [60, 4],
  ])('removes each number of %i words equally often', (features, seed) => {
    expect(testLaw(countSizes(draw(features, 6000, seed)), uniform(features))).toBeGreaterThan(0.001);
  });

  it('removes each subset of a size equally often', () => {
    const law = Array.from({ length: 15 }, (_, cell) => {
      const size = [...(cell + 1).toString(2)].filter((bit) => bit === '1').length;
      return 1 / 4 / ([4, 6, 4, 1][size - 1] ?? NaN);
    });
    const counts = new Array<number>(15).fill(0);
    for (const mask of draw(4, 12000, 5)) {
      const cell = mask.reduce((code, kept, feature) => code + (kept === 0 ? 2 ** feature : 0), 0) - 1;
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
    expect(testLaw(counts, law)).toBeGreaterThan(0.001);
  });

  it('is held to the law of the neighbourhoods that lime itself drew', () => {
    const tensors = readGoldenTensors('lime/sst2-minilm.safetensors.gz');
    for (const name of ['Z.0', 'Z.1', 'Z.2']) {
      const tensor = tensors.get(name);
      const features = tensor?.shape[1] ?? 0;
      const masks = Array.from({ length: 999 }, (_, sample) =>
        Uint8Array.from(tensor?.data.slice((sample + 1) * features, (sample + 2) * features) ?? [], Number),
      );
      expect(testLaw(countSizes(masks), uniform(features))).toBeGreaterThan(0.001);
    }
  });

  it('would fail that test under the laws it could be mistaken for', () => {
    const masks = draw(12, 6000, 2);
    const neverEmpty = masks.filter((mask) => mask.some((kept) => kept === 1));
    expect(testLaw(countSizes(neverEmpty), uniform(12))).toBeLessThan(1e-9);
    const random = new Random(2, 0, 0, 0);
    const halves = masks.map((mask) => mask.map(() => random.below(2)));
    expect(testLaw(countSizes(halves), uniform(12))).toBeLessThan(1e-9);
  });

  it('depends on the seed and the number of the sample, not on what was drawn before', () => {
    const forwards = draw(9, 50, 7);
    const alone = new Uint8Array(9);
    drawTextMask(7, 37, alone);
    expect(alone).toEqual(forwards[36]);
    expect(draw(9, 50, 8)).not.toEqual(forwards);
  });

  it('removes the only word there is', () => {
    expect(draw(1, 3, 1).map((mask) => [...mask])).toEqual([[0], [0], [0]]);
  });
});
