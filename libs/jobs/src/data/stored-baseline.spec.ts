import { describe, expect, it } from '@jest/globals';
import type { Baseline } from '#catalog';
import { resolveBaseline, type BaselineReader } from './stored-baseline.js';

const features = { age: 40, country: 'IN' };
const stored: Baseline = {
  ...{ id: 'b1', name: 'average', version: '2', modelName: 'adult', features, sha256: 'ab'.repeat(32), actor: 'local' },
  createdAt: new Date(0),
};
const asked: unknown[] = [];
const baselines: BaselineReader = {
  find: (...question) => {
    asked.push(question);
    return Promise.resolve(question[0] === 'acme' && question[1] === 'average' ? stored : null);
  },
};
const resolve = (name: string | undefined, params: unknown) => resolveBaseline(baselines, 'acme', name, params);
const forged = { features, stored: { name: 'average', version: '2', sha256: 'ab'.repeat(32) } };

describe('a stored baseline', () => {
  it.each([null, 'baseline-row'])('is written into the parameters with where it comes from, under the masker %j', async (masker) => {
    expect(await resolve('average', { masker, budget: 64 })).toEqual({ masker: 'baseline-row', budget: 64, baseline: forged });
  });

  it('is not looked for where none is named: the parameters stay what they are', async () => {
    asked.length = 0;
    const own = { masker: 'baseline-row', baseline: { features: { stored: 1 } } };
    for (const params of [own, { masker: null }, { replicates: 3, local: { params: own } }, undefined])
      expect(await resolve(undefined, params)).toBe(params);
    expect(asked).toEqual([]);
  });

  it.each<[string, string | undefined, unknown, string, string]>([
    [
      'that a caller claims was stored',
      undefined,
      { masker: 'baseline-row', baseline: forged },
      'PARAM_INVALID',
      '/params/baseline/stored',
    ],
    [
      'that a caller claims was stored, for the method inside a method',
      undefined,
      { replicates: 3, local: { method: 'kernel-shap', params: { masker: 'baseline-row', baseline: forged } } },
      'PARAM_INVALID',
      '/params/local/params/baseline/stored',
    ],
    [
      'that a caller claims was stored, in a list',
      undefined,
      { each: [{}, { baseline: forged }] },
      'PARAM_INVALID',
      '/params/each/1/baseline/stored',
    ],
    ['for a method that takes none', 'average', { replicates: 3 }, 'PARAM_INVALID', '/baseline'],
    ['beside one that is sent', 'average', { masker: null, baseline: { features } }, 'PARAM_INVALID', '/baseline'],
    ['under a masker that has no use for it', 'average', { masker: 'background' }, 'PARAM_INVALID', '/baseline'],
    ['that is not there', 'median', { masker: null }, 'BASELINE_UNKNOWN', '/baseline'],
  ])('%s is refused', async (_which, name, params, code, pointer) => {
    await expect(resolve(name, params)).rejects.toMatchObject({ problem: { code, status: 422, errors: [{ pointer, code }] } });
  });

  it('of another tenant is unknown', async () => {
    await expect(resolveBaseline(baselines, 'other', 'average', { masker: null })).rejects.toMatchObject({
      problem: { code: 'BASELINE_UNKNOWN' },
    });
  });
});
