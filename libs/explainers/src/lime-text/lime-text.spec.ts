import { describe, expect, it } from '@jest/globals';
import { indexText, rebuildText } from '#attribution';
import { PieceModel, runExplainer, type PieceModelOptions, type ToyRequest, type ToyRun } from '#testing';
import type { ExplainerOutput } from '../contract/explanation.js';
import { ExplainProblem } from '../contract/explain-problem.js';
import { limeText } from './lime-text.js';

const text = 'one two three four five six';
const worths = new Map([
  ['one', 1.5],
  ['two', -2],
  ['thre', 0.5],
  ['##e', 0.2],
  ['four', 0],
  ['five', 1],
  ['six', -0.3],
]);
const linear = (tokens: readonly string[]): number => tokens.reduce((sum, token) => sum + (worths.get(token) ?? 0), 0.25);
/** One word needs another, and `four` is never read. */
const curved = (tokens: readonly string[]): number =>
  Math.tanh(linear(tokens)) + (tokens.includes('one') && tokens.includes('two') ? 0.8 : 0);

const logit = { class: 'positive', space: 'logit' };

function run(
  score: (tokens: readonly string[]) => number,
  request: Partial<ToyRequest> = {},
  options: PieceModelOptions = {},
): Promise<ToyRun & { model: PieceModel }> {
  const model = new PieceModel(score, options);
  return runExplainer(limeText, model, { input: { text }, targets: [logit], ...request }).then((ran) => ({ ...ran, model }));
}

const codes = ({ warnings }: ExplainerOutput): string[] => warnings.map(({ code }) => code);

async function refusal(request: Partial<ToyRequest>, options: PieceModelOptions = {}): Promise<unknown> {
  try {
    await run(linear, request, options);
  } catch (error) {
    if (error instanceof ExplainProblem) return [error.code, error.pointer];
    throw error;
  }
  return 'accepted';
}

describe('lime-text', () => {
  it('recovers the weights of a model that adds up its words', async () => {
    const { output } = await run(linear, { params: { ridgeAlpha: 1e-6 } });
    [1.5, -2, 0.7, 0, 1, -0.3].forEach((worth, word) => expect(output.attributions[0]?.[word]).toBeCloseTo(worth, 5));
    expect(output.targets[0]).toMatchObject({ class: 'positive', space: 'logit', score: linear([...worths.keys()]) });
    expect(output.targets[0]?.baseScore).toBeCloseTo(0.25, 5);
    expect(output.quality.fidelity?.[0]).toBeCloseTo(1, 9);
    expect(output.warnings).toEqual([]);
  });

  it('says how far the surrogate is from the model at the text itself', async () => {
    const { output } = await run(curved, { params: { kernelWidth: 40 } });
    const [target] = output.targets;
    const local = (target?.baseScore ?? NaN) + (output.attributions[0] ?? []).reduce((sum, value) => sum + value, 0);
    expect(output.quality['localPrediction']).toEqual([expect.closeTo(local, 12)]);
    expect(target?.completenessGap).toBeCloseTo((target?.score ?? NaN) - local, 12);
    expect(output.quality['kernelWidth']).toBe(40);
  });

  it('gives every weight a standard error that more perturbations make smaller', async () => {
    const [few, many] = await Promise.all([250, 4000].map((budget) => run(curved, { params: { budget } })));
    few?.output.standardErrors?.[0]?.forEach((error, word) => {
      // Sixteen times the perturbations, a quarter of the error.
      expect(error / (many?.output.standardErrors?.[0]?.[word] ?? NaN)).toBeGreaterThan(3);
      expect(error / (many?.output.standardErrors?.[0]?.[word] ?? NaN)).toBeLessThan(5);
    });
  });

  it('repeats itself for the same seed and not for another', async () => {
    const params = { keep: ['neighbourhood'] };
    const [first, again, other] = await Promise.all([1, 1, 2].map((seed) => run(curved, { seed, params })));
    expect(again?.output).toEqual(first?.output);
    expect(other?.output.attributions).not.toEqual(first?.output.attributions);
  });

  it('draws the same perturbations first, however many there are', async () => {
    const draw = async (budget: number): Promise<unknown> => {
      const { output } = await run(linear, { params: { budget, keep: ['neighbourhood'] } });
      return Array.from(output.tensors?.[0]?.data ?? []).slice(0, 100 * 6);
    };
    expect(await draw(700)).toEqual(await draw(100));
  });

  it('asks the model once for equal perturbations and keeps their weight', async () => {
    const { output, model, progress } = await run(curved, { params: { budget: 3000, keep: ['neighbourhood'] } });
    const asked = model.asked.map((tokens) => tokens.join(' '));
    expect(new Set(asked).size).toBe(asked.length);
    expect(output).toMatchObject({ evaluations: 64, modelRows: 64, budget: 3000, estimated: true, truncated: false });
    expect(progress.at(-1)).toMatchObject({ done: 64, total: 64 });
    const [tensor] = output.tensors ?? [];
    expect(tensor).toMatchObject({ name: 'neighbourhood', shape: [3000, 6], dtype: 'u8' });
    expect([...(tensor?.data.subarray(0, 6) ?? [])]).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('foresees about how many evaluations it will take', async () => {
    const model = new PieceModel(linear);
    const long = Array.from({ length: 12 }, (_, word) => `w${word}`).join(' ');
    const request = { input: { text: long }, targets: [logit], params: limeText.params.parse({ budget: 2000 }), seed: 3 };
    const plan = await limeText.plan(request, model);
    expect(plan.features).toHaveLength(12);
    expect(model.asked).toEqual([]);
    const { output } = await runExplainer(limeText, model, { ...request, params: { budget: 2000 } });
    expect(Math.abs(output.evaluations - plan.estimatedEvaluations)).toBeLessThan(4 * Math.sqrt(plan.estimatedEvaluations));
  });

  it('keeps only as many features as were asked for', async () => {
    const { output } = await run(linear, { params: { featureSelection: 'highest_weights', numFeatures: 2 } });
    expect(output.quality['selected']).toEqual([[1, 0]]);
    output.attributions[0]?.forEach((value, word) => expect(value !== 0).toBe(word < 2));
    const forward = await run(linear, { params: { featureSelection: 'forward_selection', numFeatures: 2 } });
    expect(forward.output.quality['selected']).toEqual([[1, 0]]);
  });

  it('attributes nothing to a word that the tokenizer drops, and never removes it', async () => {
    const params = { keep: ['neighbourhood'], featureSelection: 'highest_weights', numFeatures: 1 };
    const { output } = await run(linear, { input: { text: 'one 22 two' }, params }, { pattern: /[a-z]+/g });
    expect(output.features).toHaveLength(3);
    expect(output.attributions[0]?.[1]).toBe(0);
    expect(output.quality['selected']).toEqual([[2]]);
    const bits = [...(output.tensors?.[0]?.data ?? [])];
    expect(new Set(bits.filter((_, index) => index % 3 === 1))).toEqual(new Set([1]));
    expect(new Set(bits.filter((_, index) => index % 3 === 2))).toEqual(new Set([0, 1]));
  });

  it('explains several targets from the same perturbations', async () => {
    const { output, model } = await run(curved, { targets: [logit, { class: 'negative', space: 'probability' }, { class: 'positive' }] });
    expect(model.asked).toHaveLength(output.evaluations);
    output.attributions[1]?.forEach((value, word) => expect(value).toBeCloseTo(-(output.attributions[2]?.[word] ?? NaN), 10));
  });

  it('warns when a sum of weights cannot tell what the model does', async () => {
    const parity = (tokens: readonly string[]): number => (tokens.length % 2 === 0 ? 1 : -1);
    const { output } = await run(parity);
    expect(output.quality.fidelity?.[0]).toBeLessThan(0.5);
    expect(codes(output)).toContain('LOW_FIDELITY');
    expect(output.warnings[0]?.message).toMatch(/^The weights account for (nothing|only \d+ %) of how the score of "positive" varies/);
  });

  it('warns when the kernel leaves too few perturbations', async () => {
    expect(codes((await run(curved, { params: { kernelWidth: 0.5 } })).output)).toContain('NEIGHBOURHOOD_THIN');
  });

  it.each([
    [{ players: 'tokens' }, ['one', 'two', 'thre', 'e', 'four', 'five', 'six']],
    [{ players: 'sentences' }, ['one two three four five six']],
    [
      {
        players: 'groups',
        groups: [
          { name: 'start', spans: [[0, 7]] },
          { name: 'end', spans: [[24, 27]] },
        ],
      },
      ['start', 'end'],
    ],
    [{ players: 'characters', budget: 300 }, Array.from('onetwothreefourfivesix')],
  ])('attributes to the players of %j', async (params, expected) => {
    const { output } = await run(linear, { params });
    expect(output.features.map((feature) => ('text' in feature ? feature.text : feature.name))).toEqual(expected);
    expect(output.attributions[0]).toHaveLength(expected.length);
  });

  it.each([
    [{ masker: 'mask-token' }, '[MASK]'],
    [{ masker: 'replace', replacement: 'it' }, 'it'],
  ])('masks as %j says', async (params, filler) => {
    const { output, model } = await run(linear, { params });
    expect(model.asked.slice(1).every((tokens) => tokens.includes(filler))).toBe(true);
    expect(output.baseline).toMatchObject({ players: 'words', masker: params.masker });
  });

  it('explains the part of a long text that the model sees', async () => {
    for (const compat of [null, 'lime']) {
      const { output, model } = await run(linear, { params: { compat } }, { maxTokens: 5 });
      expect(output.features).toHaveLength(3);
      expect(output.unexplained).toEqual([[12, 27]]);
      expect(codes(output)).toEqual(['TOKENS_TRUNCATED']);
      expect(model.asked.flat()).not.toContain('four');
    }
  });

  it('stops when cancelled', async () => {
    const cancellation = { aborted: true };
    const stopped = runExplainer(limeText, new PieceModel(linear), { input: { text }, targets: [logit] }, cancellation);
    await expect(stopped).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it.each([
    ['a budget too small for the words', { params: { budget: 7 } }, ['BUDGET_TOO_SMALL', '/params/budget']],
    ['a text without words', { input: { text: '?!' } }, ['TEXT_EMPTY', '/input/text']],
    ['an empty text', { input: { text: '' } }, ['TEXT_EMPTY', '/input/text']],
    ['NUL', { input: { text: 'a\0b' } }, ['TEXT_INVALID', '/input/text']],
    ['columns', { input: { features: { a: 1 } } }, ['INPUT_KIND_MISMATCH', '/input']],
    ['an unknown class', { targets: [{ class: 'neutral' }] }, ['CLASS_UNKNOWN', '/targets/0/class']],
    ['groups without any', { params: { players: 'groups' } }, ['GROUP_INVALID', '/params/groups']],
    [
      'a tensor too large to keep',
      { params: { budget: 1_000_000, players: 'characters', keep: ['neighbourhood'] }, input: { text: 'ab'.repeat(40) } },
      ['PARAM_INVALID', '/params/keep'],
    ],
    ['bow without compat', { params: { bow: false } }, ['PARAM_INVALID', '/params/bow']],
    ['compat with players', { params: { compat: 'lime', players: 'tokens' } }, ['PARAM_INVALID', '/params/players']],
    ['compat with a masker', { params: { compat: 'lime', masker: 'mask-token' } }, ['PARAM_INVALID', '/params/masker']],
    ['compat and a text without words', { params: { compat: 'lime' }, input: { text: '❤️ …' } }, ['TEXT_EMPTY', '/input/text']],
  ])('refuses %s', async (_, request, expected) => {
    expect(await refusal(request)).toEqual(expected);
  });

  it('refuses more players than a regression should hold', async () => {
    const characters = { input: { text: 'abcdefghij'.repeat(110) }, params: { players: 'characters', budget: 5000 } };
    expect(await refusal(characters, { maxTokens: 4096 })).toEqual(['PLAYERS_TOO_MANY', '/params/players']);
  });

  it.each([
    { budget: 0 },
    { budget: -1 },
    { budget: 1.5 },
    { budget: 1e9 },
    { ridgeAlpha: 0 },
    { kernelWidth: 0 },
    { numFeatures: 0 },
    { surprise: 1 },
  ])('has no place for %j', (params) => {
    expect(limeText.params.safeParse(params).success).toBe(false);
  });
});

describe('lime-text with compat lime', () => {
  const repeated = "The film, the film; don't the end.";

  it('removes distinct words from the text itself', async () => {
    const { output, model } = await run(linear, { input: { text: repeated }, params: { compat: 'lime', keep: ['neighbourhood'] } });
    expect(
      output.features.map((feature) => ('text' in feature ? feature.text : [feature.name, 'spans' in feature && feature.spans])),
    ).toEqual([
      'The',
      [
        'film',
        [
          [4, 8],
          [14, 18],
        ],
      ],
      [
        'the',
        [
          [10, 13],
          [26, 29],
        ],
      ],
      'don',
      't',
      'end',
    ]);
    const indexed = indexText(repeated, true);
    const rows = output.tensors?.[0]?.data ?? [];
    const texts = Array.from({ length: 1000 }, (_, sample) => rebuildText(indexed, rows.slice(sample * 6, (sample + 1) * 6)));
    const expected = new Set(texts.map((rebuilt) => model.encode(rebuilt).tokens.join(' ')));
    expect(new Set(model.asked.map((tokens) => tokens.join(' ')))).toEqual(expected);
    expect(output.baseline).toEqual({ compat: 'lime', bow: true });
  });

  it('replaces positions where bow is off', async () => {
    const { output, model } = await run(linear, { input: { text: repeated }, params: { compat: 'lime', bow: false } });
    expect(output.features).toHaveLength(8);
    expect(model.asked.slice(1).every((tokens) => tokens.includes('UNKW') && tokens.includes('##ORDZ'))).toBe(true);
  });

  it('says when a rebuilt text grows beyond the model', async () => {
    // Two marks that met only now are one token each, where the word between them was one.
    const { output } = await run(linear, { input: { text: 'a b c' }, params: { compat: 'lime', bow: false } }, { maxTokens: 5 });
    expect(codes(output)).toContain('REBUILT_TEXT_CUT');
  });

  it('gives the weights of the words themselves where the model adds them up', async () => {
    const { output } = await run(linear, { params: { compat: 'lime', ridgeAlpha: 1e-6 } });
    [1.5, -2, 0.7, 0, 1, -0.3].forEach((worth, word) => expect(output.attributions[0]?.[word]).toBeCloseTo(worth, 5));
  });
});
