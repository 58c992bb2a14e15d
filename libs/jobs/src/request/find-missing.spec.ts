import { describe, expect, it } from '@jest/globals';
import { explainers } from '#explainers';
import { findMissing } from './find-missing.js';

const trees = { reason: 'node "trees" (TreeEnsembleClassifier) has no derivative here', remedy: 'Use exact-shap.', straightThrough: null };
const rounds = { reason: 'node "q" (QuantizeLinear) rounds', remedy: 'Supply the model in float32.', straightThrough: 3 };
const whole = { exact: true, rounded: 0, flat: 0 };
const noMaps = { tensors: [], standard: null, reason: 'Nothing in the model has places.' };
const blind = { reason: 'no attention was found', operator: null, node: null, remedy: 'Export with eager attention.' };

describe('findMissing', () => {
  it.each([
    ['a gradient', ['gradient'], {}, { code: 'GRADIENT_UNAVAILABLE', reason: trees.reason, remedy: trees.remedy }],
    ['an approximate one of trees', ['gradient'], { straightThrough: true }, { code: 'GRADIENT_UNAVAILABLE', reason: trees.reason }],
    ['attention', ['attention', 'gradient'], {}, { code: 'ATTENTION_UNAVAILABLE', reason: blind.reason, remedy: blind.remedy }],
    ['feature maps', ['feature-maps'], {}, { code: 'METHOD_NOT_APPLICABLE', reason: noMaps.reason, remedy: null }],
  ] as const)('tells %s', (_what, needs, params, missing) => {
    expect(findMissing({ needs }, { differentiable: trees, attention: blind, featureMaps: noMaps }, params)).toMatchObject(missing);
  });

  it('tells who asks for an approximation why there is none, and not to ask for one', () => {
    const fused = { ...rounds, straightThrough: null, straightThroughReason: 'node "c" (QLinearConv) has no derivative here' };
    const missing = findMissing({ needs: ['gradient'] }, { differentiable: fused }, { straightThrough: true });
    expect(missing).toMatchObject({ code: 'GRADIENT_UNAVAILABLE', reason: fused.straightThroughReason });
    expect(missing?.remedy).not.toContain('straightThrough');
  });

  it('tells a gradient of a model that rounds, where no approximation is asked for', () => {
    expect(findMissing({ needs: ['gradient'] }, { differentiable: rounds })).toMatchObject({ reason: rounds.reason });
    expect(findMissing({ needs: ['gradient'] }, { differentiable: rounds }, { straightThrough: 'true' })).not.toBeNull();
  });

  it.each([
    ['nothing is needed', [], { differentiable: trees, attention: blind, featureMaps: noMaps }, {}],
    ['all is there', ['gradient', 'attention'], { differentiable: whole, attention: { layers: 2, heads: 4, kind: 'self' } }, {}],
    ['an approximation is asked for and given', ['gradient'], { differentiable: rounds }, { straightThrough: true }],
    ['an earlier build did not look', ['gradient', 'attention', 'feature-maps'], {}, {}],
    ['nothing is known', ['gradient'], null, {}],
  ] as const)('is content where %s', (_what, needs, capabilities, params) => {
    expect(findMissing({ needs }, capabilities, params)).toBeNull();
  });

  it('knows the needs of every method of attention and of gradients', () => {
    const needy = explainers.filter(({ family }) => family === 'attention' || family === 'gradient');
    expect(needy.map(({ needs }) => (needs ?? []).length > 0)).toEqual(needy.map(() => true));
    expect(needy.length).toBeGreaterThan(0);
  });
});
