import { describe, expect, it } from '@jest/globals';
import { rollOutAttention } from '#attribution';
import { CountingModel, runExplainer } from '#testing';
import type { AttentionRolloutResult } from './attention-rollout-result.js';
import { attentionRollout } from './attention-rollout.js';

const model = new CountingModel();

describe('attention-rollout of a text in a language model', () => {
  it('equals the product of whole maps, read from the last token', async () => {
    const { output } = await runExplainer(attentionRollout, model, {
      input: { text: '1 2 3' },
      params: { encoding: 'exact', residual: 0.3 },
    });
    const layers = Array.from({ length: model.layers }, (_, layer) => ({
      heads: model.heads,
      probabilities: Array.from({ length: model.heads * 16 }, (__, at) => {
        const [head, row, key] = [Math.floor(at / 16), Math.floor(at / 4) % 4, at % 4];
        return key <= row ? model.shareOf(layer, head, row + 1, key) : 0;
      }),
    }));
    const whole = rollOutAttention(layers, 4, 0.3);
    const [tensor] = output.tensors ?? [];
    expect(tensor?.shape).toEqual([4, 4]);
    tensor?.data.forEach((share, at) => expect(share).toBeCloseTo(whole[at] ?? NaN, 6));
    const { readout, scores, layers: numbers } = output.result as AttentionRolloutResult;
    expect([readout, numbers]).toEqual([3, [0, 1]]);
    scores.forEach((score, key) => expect(score).toBeCloseTo(whole[12 + key] ?? NaN, 6));
    expect(output.features).toHaveLength(4);
  });

  it('refuses a prompt', async () => {
    const asked = runExplainer(attentionRollout, model, { input: { prompt: '1', completion: '2' } });
    await expect(asked).rejects.toMatchObject({ code: 'INPUT_KIND_MISMATCH', pointer: '/input' });
  });
});
