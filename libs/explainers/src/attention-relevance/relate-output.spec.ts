import { beforeEach, describe, expect, it } from '@jest/globals';
import { CopyingModel, runExplainer } from '#testing';
import type { AttentionGradients, LayerGradients, TokenScore } from '../contract/differentiable.js';
import type { ExplainInput, TargetRequest } from '../contract/explainer.js';
import { attentionRelevance } from './attention-relevance.js';
import { attentionRelevanceResult } from './attention-relevance-result.js';

/** What a query looks at, all of it, and the gradient there. */
type Look = (query: number) => { readonly key: number; readonly gradient: number };

function makeLayer(kind: LayerGradients['kind'], layer: number, queries: number, keys: number, look: Look): LayerGradients {
  const [probabilities, gradients] = [new Float32Array(queries * keys), new Float32Array(queries * keys)];
  for (let query = 0; query < queries; query++) {
    const { key, gradient } = look(query);
    probabilities[query * keys + key] = 1;
    gradients[query * keys + key] = gradient;
  }
  return { kind, layer, operator: 'Softmax', node: `${kind}-${layer}`, heads: 1, queries, keys, probabilities, gradients };
}

/** Copies; each token of the output looks at the one before it, at its own place in the source, and again at the one before it. */
class RelatingModel extends CopyingModel {
  readonly asked: { readonly source: readonly number[]; readonly output: readonly number[]; readonly target: TokenScore }[] = [];
  change = (layers: readonly LayerGradients[]): readonly LayerGradients[] => layers;

  override attendBack(source: Int32Array, output: Int32Array, target: TokenScore): Promise<AttentionGradients> {
    this.modelRows += 1;
    this.asked.push({ source: [...source], output: [...output], target });
    const [from, to] = [source.length, output.length];
    const last = Math.max(...target.tokens.map(({ position }) => position));
    const before: Look = (query) => ({ key: Math.max(0, query - 1), gradient: query > 0 && query <= last ? 0.5 : 0 });
    const layers = [
      makeLayer('self', 0, from, from, (query) => ({ key: query, gradient: 0 })),
      makeLayer('causal-self', 0, to, to, before),
      makeLayer('cross', 0, to, from, (query) => ({ key: query, gradient: query > last ? 0 : query + 2 })),
      makeLayer('causal-self', 1, to, to, before),
    ];
    return Promise.resolve({ score: -1 - last, layers: this.change(layers) });
  }
}

let model: RelatingModel;
beforeEach(() => {
  model = new RelatingModel();
});

const greedy = { prompt: '4 2 7', generate: { maxTokens: 3, sampling: 'greedy' } } as const;
const second: TargetRequest = { generated: [1] };

async function explain(input: ExplainInput, targets: readonly TargetRequest[], params: object = {}) {
  const { output, progress } = await runExplainer(attentionRelevance, model, { input, targets, params });
  return { output, progress, result: attentionRelevanceResult.parse(output.result) };
}

describe('attention-relevance of an encoder-decoder', () => {
  it('is that of the tokens of the source and of the output before the explained one', async () => {
    const { output, result, progress } = await explain(greedy, [second]);
    // Of the second token of the output: Rdd = [1 0; 1/2 1], N(Rdd)ᵀ = [1 1; 0 1], so that Rde = [2 3 0 0; 0 3 0 0]. The last layer adds half
    // of the first row to the second one.
    expect(output.attributions).toEqual([[1, 4.5, 0, 0, 1, 1]]);
    const features = output.features.map((feature) => ('text' in feature ? [feature.text, feature.span] : []));
    expect(features).toEqual([
      ['4', [0, 1]],
      ['2', [2, 3]],
      ['7', [4, 5]],
      ['</s>', [0, 0]],
      ['<s>', [0, 0]],
      [' 4', [5, 7]],
    ]);
    expect(output.targets).toEqual([{ class: '2', index: 2, space: 'log-probability', score: -2, baseScore: null, completenessGap: null }]);
    expect(result).toMatchObject({ layers: [0, 0, 0, 1], kinds: ['self', 'causal-self', 'cross', 'causal-self'] });
    expect(result).toMatchObject({ readouts: [1], outputFrom: 4 });
    expect(result.generated?.map(({ tokenId }) => tokenId)).toEqual([4, 2, 7]);
    expect(model.asked).toMatchObject([{ source: [4, 2, 7, 11], output: [10, 4] }]);
    expect(output).toMatchObject({ evaluations: 1, modelRows: 4, prediction: [] });
    expect(progress.at(-1)).toMatchObject({ done: 1, total: 1, phase: 'differentiating' });
  });

  it('explains all tokens of an output where no target is named, read from each of them', async () => {
    const { output, result } = await explain({ prompt: '4 2 7', completion: '4 2' }, [{}]);
    expect(model.asked[0]?.target).toEqual({
      space: 'log-probability',
      tokens: [
        { position: 0, tokenId: 4, weight: 1 },
        { position: 1, tokenId: 2, weight: 1 },
      ],
    });
    expect(output.targets[0]?.class).toBe('4 2');
    // The mean of the rows [2 3 0 0] and [1 4.5 0 0] of Rde, and of [0 0] and [1 0] of Rdd - I.
    expect(output.attributions).toEqual([[1.5, 3.75, 0, 0, 0.5, 0]]);
    expect(result.readouts).toEqual([null]);
    expect(output.warnings).toMatchObject([{ code: 'RELEVANCE_OF_SEVERAL', message: expect.stringContaining('from 2 of 2 tokens') }]);
  });

  it('explains a token at a place of the output, or one rather than another', async () => {
    const { result } = await explain(greedy, [{ token: '9', position: 2 }, { tokenId: 7 }, { contrast: ['4', 2], position: 1 }]);
    expect(model.asked.map(({ target }) => target)).toEqual([
      { space: 'log-probability', tokens: [{ position: 2, tokenId: 9, weight: 1 }] },
      { space: 'log-probability', tokens: [{ position: 0, tokenId: 7, weight: 1 }] },
      {
        space: 'logit',
        tokens: [
          { position: 1, tokenId: 4, weight: 1 },
          { position: 1, tokenId: 2, weight: -1 },
        ],
      },
    ]);
    expect(result.readouts).toEqual([2, 0, 1]);
    expect(model.asked.every(({ output }) => output.length === 3)).toBe(true);
  });

  it('does not depend on tokens that are read for another target', async () => {
    const alone = await explain(greedy, [second]);
    const beside = await explain(greedy, [second, { generated: [2] }]);
    expect(beside.output.attributions[0]).toEqual([...(alone.output.attributions[0] ?? []), 0]);
  });

  it('keeps all three maps on request', async () => {
    const { output } = await explain(greedy, [second, { tokenId: 7 }], { keep: ['relevance'] });
    expect(output.tensors?.map(({ name, shape }) => [name, shape])).toEqual(
      [0, 1].flatMap((at) => [
        [`relevance.${at}`, [2, 4]],
        [`relevance-decoder.${at}`, [2, 2]],
        [`relevance-encoder.${at}`, [4, 4]],
      ]),
    );
    expect([...(output.tensors?.[0]?.data ?? [])]).toEqual([2, 3, 0, 0, 1, 4.5, 0, 0]);
    expect([...(output.tensors?.[1]?.data ?? [])]).toEqual([1, 0, 1, 1]);
    expect((await explain(greedy, [second], { keep: ['relevance'] })).output.tensors?.map(({ name }) => name)).toContain('relevance');
  });

  it.each<[string, ExplainInput, TargetRequest, object, string, string]>([
    ['a text', { text: '4' }, {}, {}, 'INPUT_KIND_MISMATCH', '/input'],
    ['columns', { features: { a: 1 } }, {}, {}, 'INPUT_KIND_MISMATCH', '/input'],
    ['a class', greedy, { class: 1 }, {}, 'CLASS_UNKNOWN', '/targets/0/class'],
    ['a space of others', greedy, { space: 'margin' }, {}, 'TARGET_SPACE_UNSUPPORTED', '/targets/0/space'],
    ['words', greedy, {}, { players: 'words' }, 'PLAYERS_UNSUPPORTED', '/params/players'],
    ['a step that is not there', greedy, { generated: [3] }, {}, 'PARAM_INVALID', '/targets/0/generated/0'],
    ['a place that is not there', greedy, { tokenId: 1, position: 4 }, {}, 'PARAM_INVALID', '/targets/0/position'],
    ['a place without a token', greedy, { position: 1 }, {}, 'PARAM_INVALID', '/targets/0/position'],
    ['a completion without a token', { prompt: '1', completion: 'x' }, {}, {}, 'TEXT_EMPTY', '/input/completion'],
    ['a source beyond the context', { prompt: '1 '.repeat(12), completion: '2' }, {}, {}, 'CONTEXT_EXCEEDED', '/input/prompt'],
  ])('refuses %s', async (_, input, target, params, code, pointer) => {
    await expect(explain(input, [target], params)).rejects.toMatchObject({ code, pointer });
  });

  it.each<[string, (layers: readonly LayerGradients[]) => readonly LayerGradients[], string]>([
    ['a layer between other tokens', (layers) => layers.map((one) => ({ ...one, keys: 3 })), 'self layer 0 (Softmax self-0)'],
    ['a model without cross-attention', (layers) => layers.filter(({ kind }) => kind !== 'cross'), 'no cross layer'],
  ])('refuses %s', async (_, change, detail) => {
    model.change = change;
    const refused = explain(greedy, [second]);
    await expect(refused).rejects.toMatchObject({ code: 'METHOD_NOT_APPLICABLE', detail: expect.stringContaining(detail) });
  });

  it('is refused by a model that has no gradient', async () => {
    const refused = runExplainer(attentionRelevance, new CopyingModel(), { input: greedy, targets: [second] });
    await expect(refused).rejects.toMatchObject({ code: 'GRADIENT_UNAVAILABLE' });
  });

  it('stops when it is told to', async () => {
    const stopped = runExplainer(attentionRelevance, model, { input: greedy }, { aborted: true });
    await expect(stopped).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('is planned without a run, and says then what is wrong with a target', async () => {
    const params = attentionRelevance.params.parse({});
    expect(attentionRelevance.complete?.(params, model.description)).toMatchObject({ players: 'tokens' });
    const plan = (targets: readonly TargetRequest[]) => attentionRelevance.plan({ input: greedy, targets, params, seed: 1 }, model);
    expect(await plan([{}, second])).toMatchObject({ estimatedEvaluations: 2, estimatedModelRows: 5 });
    expect((await plan([{}])).features).toHaveLength(5);
    const beyond = { code: 'PARAM_INVALID', detail: expect.stringContaining('the output has 4 tokens and none at 9') };
    await expect(plan([{ tokenId: 1, position: 9 }])).rejects.toMatchObject(beyond);
    expect(model.modelRows).toBe(0);
  });
});
