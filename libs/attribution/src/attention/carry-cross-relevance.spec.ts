import { describe, expect, it } from '@jest/globals';
import { carryCrossRelevance, type PairGradients } from './carry-cross-relevance.js';
import { carryRelevance } from './carry-relevance.js';

/** A layer of one head, whose gradient is the same everywhere. */
const layer = (kind: PairGradients['kind'], probabilities: readonly number[], gradient: number): PairGradients => ({
  ...{ kind, heads: 1, probabilities },
  gradients: probabilities.map(() => gradient),
});
const encoder = layer('self', [0.5, 0.5, 0.25, 0.75], 2);
const decoder = (gradient: number) => layer('causal-self', [1, 0, 0.5, 0.5], gradient);
const cross = layer('cross', [1, 0, 0, 1], 1);
const two = { source: 2, output: 2 };

describe('carryCrossRelevance', () => {
  it('is the closed form of a layer of each kind, and of a self layer behind them', () => {
    // Ree = I + 2 A = [2 1; 1/2 5/2], N(Ree) = I + A. Rdd = [3 0; 1 2], N(Rdd) = [2 0; 1/2 3/2]. Rde = N(Rdd)ᵀ N(Ree).
    const once = carryCrossRelevance([encoder, decoder(2), cross], two);
    expect([...once.encoder]).toEqual([2, 1, 0.5, 2.5]);
    expect([...once.decoder]).toEqual([3, 0, 1, 2]);
    expect([...once.cross]).toEqual([3.125, 1.875, 0.375, 2.625]);
    const twice = carryCrossRelevance([encoder, decoder(2), cross, decoder(1)], two);
    expect([...twice.decoder]).toEqual([6, 0, 3, 3]);
    expect([...twice.cross]).toEqual([6.25, 3.75, 2.125, 4.875]);
  });

  it('takes what a cross layer sees where no layer is before it, and no relevance for ever', () => {
    const seen = layer('cross', [0.1, 0.2, 0.7, 0.3, 0.3, 0.4], 1);
    const { encoder: source, cross: found } = carryCrossRelevance([seen], { source: 3, output: 2 });
    expect([...source]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    expect([...found]).toEqual([0.1, 0.2, 0.7, 0.3, 0.3, 0.4]);
    expect([...carryCrossRelevance([], { source: 1, output: 2 }).cross]).toEqual([0, 0]);
  });

  it('keeps a token to itself in which nothing was mixed', () => {
    // The gradient of the second token of the output is 0: it is behind the explained one.
    const self: PairGradients = { ...decoder(1), gradients: [1, 1, 0, 0] };
    const seen: PairGradients = { ...cross, probabilities: [0.5, 0.5, 0.25, 0.75], gradients: [1, 1, 0, 0] };
    expect([...carryCrossRelevance([self, seen], two).cross]).toEqual([1, 1, 0, 0]);
  });

  it('is the mean of the heads where gradient and attention agree, and carries self layers as carryRelevance does', () => {
    const heads = { heads: 2, probabilities: [0.5, 0.5, 1, 0, 0.25, 0.75, 0.5, 0.5], gradients: [1, -1, 2, 1, 4, 0, -1, 2] };
    const layers = [{ kind: 'self' as const, ...heads }, encoder];
    const { encoder: own } = carryCrossRelevance(layers, { source: 2, output: 1 });
    expect([...own]).toEqual([...carryRelevance(layers, 2)]);
    expect([...carryCrossRelevance([{ kind: 'cross', ...heads }], two).cross]).toEqual([0.75, 0, 1, 0.5]);
  });

  it('refuses maps of another size', () => {
    expect(() => carryCrossRelevance([cross], { source: 3, output: 2 })).toThrow(RangeError);
    expect(() => carryCrossRelevance([encoder], { source: 3, output: 2 })).toThrow(RangeError);
  });
});
