import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { Explainer, ExplainerOutput } from '#explainers';
import { toyExplainer } from '../test/toy-explainer.js';
import { checkOutput } from './check-output.js';

const plain: Explainer = { ...toyExplainer, result: null };
const good: ExplainerOutput = {
  prediction: [{ label: 'yes', probability: 0.75 }],
  features: [
    { name: 'a', value: 1 },
    { name: 'b', value: 'x' },
  ],
  targets: [{ class: 'yes', index: 0, space: 'probability', score: 0.75, baseScore: 0.5, completenessGap: 0 }],
  attributions: [[0.2, 0.05]],
  standardErrors: [[0.01, 0]],
  evaluations: 4,
  modelRows: 4,
  budget: 8,
  estimated: true,
  truncated: false,
  unexplained: [[3, 5]],
  baseline: { masker: 'zero' },
  quality: { fidelity: null },
  warnings: [],
};

describe('checkOutput', () => {
  it('passes a good result on as it is', () => {
    expect(checkOutput(plain, good)).toEqual(good);
  });

  it.each<[string, Partial<ExplainerOutput>]>([
    ['attributions/0/1', { attributions: [[1, Number.NaN]] }],
    ['attributions/0', { attributions: [[1]] }],
    ['attributions', { attributions: [] }],
    ['standardErrors/0', { standardErrors: [[1, 2, 3]] }],
    ['standardErrors', { standardErrors: [[-1, 2]] }],
    ['prediction/0/probability', { prediction: [{ label: 'yes', probability: Number.POSITIVE_INFINITY }] }],
    ['targets/0/score', { targets: [{ class: null, index: null, space: 'value', score: Number.NaN, baseScore: 0, completenessGap: 0 }] }],
    ['quality/fidelity/0', { quality: { fidelity: [Number.NaN] } }],
    ['baseline/row/0', { baseline: { row: [Number.NEGATIVE_INFINITY] } }],
    ['baseline/row', { baseline: { row: Float64Array.of(1) } }],
    ['evaluations', { evaluations: 1.5 }],
    ['modelRows', { modelRows: -1 }],
    ['result', { result: { anything: 1 } }],
    ['tensors/t', { tensors: [{ name: 't', shape: [2, 2], dtype: 'f32', data: new Float32Array(3), maxAbsError: 0 }] }],
    ['tensors/t', { tensors: [{ name: 't', shape: [1], dtype: 'f32', data: Float32Array.of(Number.NaN), maxAbsError: 0 }] }],
  ])('names %s', (place, fault) => {
    expect(() => checkOutput(plain, { ...good, ...fault })).toThrow(
      expect.objectContaining({ code: 'RESULT_INVALID', detail: expect.stringMatching(`^${place} of the result `) as unknown }),
    );
  });

  it('holds the own part of a method against its schema', () => {
    const method: Explainer = { ...toyExplainer, result: z.strictObject({ intercept: z.array(z.number()) }) };
    expect(checkOutput(method, { ...good, result: { intercept: [1] } }).result).toEqual({ intercept: [1] });
    for (const result of [undefined, { intercept: ['1'] }, { intercept: [1], more: 2 }]) {
      expect(() => checkOutput(method, { ...good, result })).toThrow(expect.objectContaining({ code: 'RESULT_INVALID' }));
    }
  });

  it('has one zero only', () => {
    const { attributions, quality } = checkOutput(plain, { ...good, attributions: [[-0, 0]], quality: { fidelity: [-0] } });
    expect([...attributions.flat(), ...(quality.fidelity ?? [])].some((value) => Object.is(value, -0))).toBe(false);
  });

  it('keeps tensors as they are', () => {
    const tensors = [{ name: 't', shape: [2], dtype: 'f64', data: Float64Array.of(-0, 1), maxAbsError: 0 }] as const;
    expect(checkOutput(plain, { ...good, tensors }).tensors).toBe(tensors);
  });
});
