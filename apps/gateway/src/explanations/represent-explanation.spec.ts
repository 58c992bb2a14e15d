import { describe, expect, it } from '@jest/globals';
import type { OpenedExplanation } from '#history';
import { noPictures, representExplanation } from './represent-explanation.js';

const row = { id: 'one', createdAt: new Date(0), labels: {}, tensors: [], timing: {}, environment: {} };
const document = {
  ...{ method: 'attention-rollout', model: { name: 'toy', version: '1', sha256: 'ab' }, input: { text: 'a' }, params: {}, seed: 1 },
  ...{ prediction: [], features: [{ text: 'a', span: [0, 1], tokens: [0] }], targets: [], attributions: [], warnings: [], quality: {} },
  ...{ evaluations: 1, result: { readout: 0, scores: [1] } },
};
const opened = { row, bytes: Buffer.from(JSON.stringify(document)), resultHash: 'ff' } as unknown as OpenedExplanation;

describe('an explanation without targets', () => {
  it('has its picture', () => {
    expect(representExplanation(opened, 'svg', {}, noPictures).body).toContain('Attention rollout of toy');
  });

  it.each(['html', 'svg'] as const)('has no first target as %s', (form) => {
    expect(() => representExplanation(opened, form, { target: 0 }, noPictures)).toThrow(/the explanation has 0/);
  });
});
