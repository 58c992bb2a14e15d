import { describe, expect, it } from '@jest/globals';
import { CountingModel, FormulaInput, linearFormula, runExplainer } from '#testing';
import type { DifferentiableInput } from '../contract/differentiable.js';
import type { TargetRequest } from '../contract/explainer.js';
import { integratedGradients } from '../integrated-gradients/integrated-gradients.js';
import { saliency } from '../saliency/saliency.js';

/** Counts; every token is the row (id, 1), and its score the sum of what is read plus 1. */
class NumberedModel extends CountingModel {
  readonly read: (readonly number[])[] = [];

  constructor(private readonly rounded: readonly string[] = []) {
    super();
  }

  override embed(ids: Int32Array): Promise<Float32Array> {
    return Promise.resolve(Float32Array.from([...ids].flatMap((id) => [id, 1])));
  }

  override async differentiate(ids: Int32Array): Promise<DifferentiableInput> {
    this.read.push([...ids]);
    const formula = linearFormula(
      Array.from({ length: 64 }, (_, at) => (at % 2 === 0 ? 1 : 0)),
      1,
    );
    return new FormulaInput([formula], await this.embed(ids), [ids.length, 2], undefined, this.rounded);
  }
}

const generate = { maxTokens: 3, sampling: 'greedy' } as const;

describe('a text of a language model', () => {
  it('is read as far as the tokens that are explained need it', async () => {
    const model = new NumberedModel();
    const { output } = await runExplainer(saliency, model, { input: { prompt: '34', generate }, targets: [{ generated: [1] }] });
    // <s> 3 4 and the generated 5, behind which the 6 stands; the 7 is not read.
    expect(model.read).toEqual([[10, 3, 4, 5]]);
    expect(output.features).toHaveLength(4);
    expect(output.targets).toMatchObject([{ class: '6', index: 6, space: 'log-probability' }]);
    const { generated } = saliency.result?.parse(output.result) as { readonly generated: readonly { readonly tokenId: number }[] };
    expect(generated.map(({ tokenId }) => tokenId)).toEqual([5, 6, 7]);
    expect(output.prediction).toEqual([]);
  });

  it('keeps the beginning of the text in the baseline', async () => {
    const { output } = await runExplainer(integratedGradients, new NumberedModel(), {
      input: { prompt: '34', completion: '56' },
      targets: [{}],
    });
    const rounded = output.attributions[0]?.map((value) => Math.round(value * 1e4) / 1e4);
    // Two tokens are explained, and each has the score: twice the rows less those of token 0.
    expect(rounded).toEqual([0, 6, 8, 10]);
    expect(output.targets[0]).toMatchObject({ class: '5 6' });
    expect(Math.abs(output.targets[0]?.completenessGap ?? NaN)).toBeLessThan(1e-4);
    expect(output.baseline).toEqual({ baseline: 'pad', tokenId: 0, keeps: 'special tokens' });
  });

  it('says how far the scores of the twin are from those of the file', async () => {
    const { output } = await runExplainer(saliency, new NumberedModel(['MatMulNBits_3']), {
      input: { text: '34' },
      targets: [{ tokenId: 5, space: 'logit' }],
    });
    // The twin has 10 + 3 + 4 + 1, the file the logit 4.
    expect(output.warnings).toMatchObject([
      { code: 'GRADIENT_OF_TWIN', message: expect.stringContaining('Its scores less those of the file: 14.0.') as unknown },
    ]);
  });

  it('has tokens as players, and no classes', async () => {
    const ask = (params: unknown, target: object) =>
      runExplainer(saliency, new NumberedModel(), { input: { text: '34' }, params, targets: [target] });
    await expect(ask({ players: 'words' }, {})).rejects.toMatchObject({ code: 'PLAYERS_UNSUPPORTED', remedy: 'Use one of: tokens.' });
    await expect(ask({}, { class: 0 })).rejects.toMatchObject({ code: 'CLASS_UNKNOWN', pointer: '/targets/0/class' });
    await expect(ask({}, { space: 'margin' })).rejects.toMatchObject({ code: 'TARGET_SPACE_UNSUPPORTED', pointer: '/targets/0/space' });
  });

  it('names each step of what followed once', async () => {
    const refused = runExplainer(saliency, new NumberedModel(), { input: { prompt: '34', generate }, targets: [{ generated: [2, 0, 2] }] });
    await expect(refused).rejects.toMatchObject({
      ...{ code: 'PARAM_INVALID', pointer: '/targets/0/generated/2', detail: 'step 2 is named twice' },
      remedy: 'Name each step once.',
    });
  });

  it('has no probability of several tokens, which is said before anything runs', () => {
    const check = (target: TargetRequest, maxTokens: number) => () => {
      const request = { input: { prompt: '34', generate: { ...generate, maxTokens } }, targets: [target], seed: 1 };
      saliency.check({ ...request, params: saliency.params.parse({}) }, new NumberedModel().description);
    };
    const refused = expect.objectContaining({ code: 'PARAM_INVALID', pointer: '/targets/0/space' }) as unknown as Error;
    expect(check({ space: 'probability' }, 3)).toThrow(refused);
    expect(check({ space: 'probability', generated: [0, 2] }, 3)).toThrow(refused);
    expect(check({ space: 'probability', generated: [2] }, 3)).not.toThrow();
    expect(check({ space: 'probability', tokenId: 5 }, 3)).not.toThrow();
    expect(check({ space: 'probability' }, 1)).not.toThrow();
    expect(check({}, 3)).not.toThrow();
  });

  it('is planned with its targets, as far as these are known', async () => {
    const model = new NumberedModel();
    const plan = (input: { readonly prompt: string; readonly generate: typeof generate } | { readonly text: string }, target: object) =>
      saliency.plan({ input, targets: [target], params: saliency.params.parse({}), seed: 1 }, model);
    expect(await plan({ prompt: '34', generate }, { generated: [2] })).toMatchObject({ estimatedEvaluations: 1 });
    await expect(plan({ prompt: '34', generate }, { generated: [3] })).rejects.toMatchObject({ pointer: '/targets/0/generated/0' });
    await expect(plan({ text: '34' }, { tokenId: 5, position: 3 })).rejects.toMatchObject({ pointer: '/targets/0/position' });
    await expect(plan({ text: '34' }, { token: '12' })).rejects.toMatchObject({ pointer: '/targets/0/token' });
    expect(model.modelRows).toBe(0);
  });
});
