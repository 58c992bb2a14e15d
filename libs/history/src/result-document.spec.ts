import { describe, expect, it } from '@jest/globals';
import type { ExplainerOutput } from '#explainers';
import { buildResultDocument, type StoredRequest } from './result-document.js';

const request: StoredRequest = {
  method: 'exact-shap',
  model: { name: 'm', version: '1', alias: 'production', sha256: 'ab' },
  input: { text: 'good film' },
  targets: [{}],
  params: { players: 'words' },
  seed: 7,
};
const output: ExplainerOutput = {
  prediction: [{ label: 'positive', probability: 0.75 }],
  features: [{ text: 'good', span: [0, 4], tokens: [1] }],
  targets: [{ class: 'positive', index: 1, space: 'probability', score: 0.75, baseScore: 0.5, completenessGap: 0 }],
  attributions: [[0.25]],
  standardErrors: null,
  evaluations: 2,
  modelRows: 2,
  budget: 2,
  estimated: false,
  truncated: false,
  unexplained: [],
  baseline: { masker: 'mask-token' },
  quality: { fidelity: null },
  warnings: [],
};

describe('buildResultDocument', () => {
  it('gives the same bytes for the same numbers, whatever the order of keys', () => {
    const turned = Object.fromEntries(Object.entries(output).reverse()) as unknown as ExplainerOutput;
    expect(buildResultDocument(request, turned).hash).toBe(buildResultDocument(request, output).hash);
  });

  it('changes its hash with every number a reader sees', () => {
    const { hash } = buildResultDocument(request, output);
    const changes: Partial<ExplainerOutput>[] = [
      { attributions: [[0.2500000001]] },
      { standardErrors: [[0]] },
      { truncated: true },
      { evaluations: 3 },
      { warnings: [{ code: 'X', message: 'x' }] },
      { baseline: { masker: 'delete' } },
      { prediction: [{ label: 'positive', probability: 0.7500000001 }] },
      { tensors: [{ name: 't', shape: [1], dtype: 'f64', data: new Float64Array(1), maxAbsError: 0 }] },
    ];
    for (const change of changes) expect(buildResultDocument(request, { ...output, ...change }).hash).not.toBe(hash);
    expect(buildResultDocument({ ...request, seed: 8 }, output).hash).not.toBe(hash);
    expect(buildResultDocument({ ...request, input: { text: 'good  film' } }, output).hash).not.toBe(hash);
  });

  it('does not depend on the alias the model was reached by, nor on the sign of zero', () => {
    const { hash } = buildResultDocument(request, output);
    expect(buildResultDocument({ ...request, model: { ...request.model, alias: null } }, output).hash).toBe(hash);
    expect(
      buildResultDocument(request, { ...output, targets: output.targets.map((target) => ({ ...target, completenessGap: -0 })) }).hash,
    ).toBe(hash);
  });

  it('digests a tensor by its numbers', () => {
    const withTensor = (value: number) =>
      buildResultDocument(request, {
        ...output,
        tensors: [{ name: 't', shape: [1], dtype: 'f64', data: new Float64Array([value]), maxAbsError: 0 }],
      }).hash;
    expect(withTensor(1)).toBe(withTensor(1));
    expect(withTensor(1)).not.toBe(withTensor(2));
  });

  it('refuses a number that JSON would turn into null', () => {
    expect(() => buildResultDocument(request, { ...output, attributions: [[NaN]] })).toThrow(RangeError);
  });
});
