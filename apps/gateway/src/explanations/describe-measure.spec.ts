import { describe, expect, it } from '@jest/globals';
import { describeMeasure } from './describe-measure.js';

const target = { class: 'positive', space: 'probability', score: 0.9, baseScore: null, completenessGap: null };

describe('describeMeasure', () => {
  it.each([
    ['saliency', 'l2', 'probability per unit of the input: the length of the gradient', false],
    ['smooth-grad', 'max-abs', 'probability per unit of the input: the largest size of the gradient', false],
    ['saliency', 'sum', 'probability per unit of the input', true],
    ['grad-cam', undefined, 'Grad-CAM, cut at 0: no part of the score', false],
    ['attention-relevance', undefined, 'relevance, which has no unit', false],
    ['head-importance', undefined, 'probability per unit of the head’s gate', true],
  ])('says what numbers of %s (%s) are', (method, reduce, unit, isSigned) => {
    expect(describeMeasure({ method, params: { reduce } }, target)).toEqual({ unit, isSigned, isSlope: unit.includes(' per unit of ') });
  });

  it.each([
    ['saliency', 'input-x-gradient'],
    ['integrated-gradients', undefined],
    ['kernel-shap', undefined],
  ])('leaves parts of the score (%s) in its unit', (method, reduce) => {
    expect(describeMeasure({ method, params: { reduce } }, target)).toBeUndefined();
  });
});
