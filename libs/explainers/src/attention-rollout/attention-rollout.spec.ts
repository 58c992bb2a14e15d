import { describe, expect, it } from '@jest/globals';
import { AttendingModel, runExplainer, type AttendingModelOptions } from '#testing';
import type { AttentionRolloutResult } from './attention-rollout-result.js';
import { attentionRollout } from './attention-rollout.js';

async function explain(options: AttendingModelOptions, params: unknown = {}) {
  const { output } = await runExplainer(attentionRollout, new AttendingModel(options), { input: { text: 'a b' }, params });
  const [tensor] = output.tensors ?? [];
  if (tensor === undefined) throw new Error('no tensor');
  return { output, tensor, result: output.result as AttentionRolloutResult };
}

describe('attention-rollout', () => {
  it('has the closed form of heads that look at all alike: n layers leave half to the n of a token in its place', async () => {
    const { tensor, result, output } = await explain({ layers: 3, heads: 2, rule: () => 1 }, { encoding: 'exact' });
    const spread = (7 / 8) * (1 / 4);
    expect(result).toMatchObject({ layers: [0, 1, 2], readout: 0 });
    result.scores.forEach((score, token) => expect(score).toBeCloseTo(token === 0 ? 1 / 8 + spread : spread, 12));
    expect(tensor).toMatchObject({ name: 'rollout', shape: [4, 4], dtype: 'f32' });
    expect([...tensor.data.subarray(0, 4)]).toEqual([...Float32Array.from(result.scores)]);
    expect(output).toMatchObject({ targets: [], attributions: [] });
    expect(output.features).toHaveLength(4);
  });

  it('is the identity where everything passes by', async () => {
    expect((await explain({ layers: 2, heads: 1 }, { residual: 1 })).result.scores).toEqual([1, 0, 0, 0]);
  });

  it('refuses a target and a share beyond 1', async () => {
    const model = new AttendingModel({ layers: 1, heads: 1 });
    const asked = runExplainer(attentionRollout, model, { input: { text: 'a' }, targets: [{ space: 'logit' }] });
    await expect(asked).rejects.toMatchObject({ code: 'PARAM_INVALID', pointer: '/targets/0' });
    expect(attentionRollout.params.safeParse({ residual: 1.1 }).success).toBe(false);
  });
});
