import { describe, expect, it } from '@jest/globals';
import {
  dividendGame,
  equalAndNullGame,
  GameModel,
  multiplicativeGame,
  PieceModel,
  randomDividendGame,
  randomTableGame,
  runExplainer,
  sparseTreeGame,
  type ToyGame,
  type ToyRun,
} from '#testing';
import { exactShap } from '../exact-shap/exact-shap.js';
import { kernelShap } from '../kernel-shap/kernel-shap.js';
import { permutationShap } from '../permutation-shap/permutation-shap.js';

const methods = [
  { name: 'exact-shap', explainer: exactShap, params: {}, exact: true, evaluations: 256 },
  { name: 'kernel-shap with every coalition', explainer: kernelShap, params: { budget: 4096 }, exact: true, evaluations: 256 },
  { name: 'kernel-shap with a sample', explainer: kernelShap, params: { budget: 100 }, exact: false, evaluations: 100 },
  { name: 'permutation-shap with every coalition', explainer: permutationShap, params: { budget: 4096 }, exact: true, evaluations: 256 },
  // 7 pairs of permutations of 8 players pass 7 coalitions each way; some of the 100 are the same.
  { name: 'permutation-shap with a sample', explainer: permutationShap, params: { budget: 100 }, exact: false, evaluations: 70 },
];
const everyone = (players: number): number[] => new Array<number>(players).fill(1);

describe.each(methods)('$name', ({ explainer, params, exact, evaluations }) => {
  const play = async (...games: ToyGame[]): Promise<ToyRun> => {
    const model = new GameModel(games);
    const targets = games.length === 1 ? [{}] : games.map((_, index) => ({ class: index, space: 'logit' }));
    return runExplainer(explainer, model, { input: { features: model.everyone }, params, targets, seed: 5 });
  };
  const values = ({ output }: ToyRun, target = 0): readonly number[] => output.attributions[target] ?? [];

  it.each([
    multiplicativeGame('product', [2, 0.5, 1, 3, 1.5, 0.8, 1.1, 1.2]),
    randomDividendGame(9, 1),
    randomTableGame(8, 2),
    sparseTreeGame(12, 3),
  ])('adds up to the change in score of $name', async (game) => {
    const { output } = await play(game);
    const [target] = output.targets;
    expect(target?.score).toBeCloseTo(game.worth(everyone(game.players)), 13);
    expect(target?.baseScore).toBeCloseTo(game.worth(new Array<number>(game.players).fill(0)), 13);
    expect(Math.abs(target?.completenessGap ?? NaN)).toBeLessThan(1e-12);
  });

  it('gives nothing to a player that adds nothing, and equal players the same', async () => {
    const run = await play(equalAndNullGame(9, 4));
    const bound = (player: number): number => 1e-12 + 4 * (run.output.standardErrors?.[0]?.[player] ?? 0);
    expect(Math.abs(values(run)[8] ?? NaN)).toBeLessThan(bound(8));
    expect(Math.abs((values(run)[0] ?? NaN) - (values(run)[1] ?? NaN))).toBeLessThan(bound(0) + bound(1));
  });

  it('is linear in the game', async () => {
    const [a, b] = [randomTableGame(8, 6), randomTableGame(8, 7)];
    const mixed: ToyGame = { ...a, worth: (present) => 2 * a.worth(present) - 3 * b.worth(present) };
    const run = await play(a, b, mixed);
    values(run, 2).forEach((value, player) => {
      expect(value).toBeCloseTo(2 * (values(run, 0)[player] ?? NaN) - 3 * (values(run, 1)[player] ?? NaN), 12);
    });
  });

  it('recovers a game without interactions, whatever the sample', async () => {
    const worths = [3, -1, 0.5, 2, 0, -4, 1, 7, 0.25];
    const game = dividendGame(
      'additive',
      9,
      worths.map((amount, player) => ({ members: [player], amount })),
    );
    values(await play(game)).forEach((value, player) => expect(value).toBeCloseTo(worths[player] ?? NaN, 12));
  });

  it('repeats itself for the same seed', async () => {
    const [once, twice] = [await play(randomDividendGame(9, 8)), await play(randomDividendGame(9, 8))];
    expect(twice.output).toEqual(once.output);
  });

  it('explains several targets from the same evaluations', async () => {
    const games = [randomTableGame(8, 9), randomTableGame(8, 10)];
    const together = await play(...games);
    const apart = await Promise.all(games.map((game) => play(game)));
    expect(together.output.attributions).toEqual(apart.map((run) => values(run)));
    expect(together.output.evaluations).toBe(apart[0]?.output.evaluations);
  });

  it('says what it is: exact or estimated', async () => {
    const game = randomTableGame(8, 11);
    const { output } = await play(game);
    expect(output.estimated).toBe(!exact);
    expect(output.truncated).toBe(false);
    if (exact) values({ output, progress: [] }).forEach((value, player) => expect(value).toBeCloseTo(game.shapley[player] ?? NaN, 12));
    else expect(output.standardErrors?.[0]?.every((error) => error > 0)).toBe(true);
  });

  it('counts the coalitions it asked for and the rows they took', async () => {
    const { output, progress } = await play(randomTableGame(8, 12));
    expect(output.evaluations).toBe(evaluations);
    expect(output.modelRows).toBe(output.evaluations);
    expect(output.evaluations).toBeLessThanOrEqual(output.budget);
    expect(progress.at(-1)).toMatchObject({ done: output.evaluations, total: output.evaluations });
  });

  it('stops when cancelled', async () => {
    const model = new GameModel([randomTableGame(12, 13)]);
    const cancellation = { aborted: false };
    const wholeRun = runExplainer(explainer, model, { input: { features: model.everyone }, params }, cancellation);
    cancellation.aborted = true;
    await expect(wholeRun).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(model.modelRows).toBeLessThan(4096);
  });

  it('plays the words of a text', async () => {
    // "not" turns "good" around; the comma takes part in no coalition.
    const model = new PieceModel((tokens) => (tokens.includes('good') ? (tokens.includes('not') ? -2 : 2) : 0));
    const input = { text: 'not good , film' };
    const { output } = await runExplainer(explainer, model, { input, params, targets: [{ class: 'positive', space: 'logit' }] });
    const [not, good, film] = output.attributions[0] ?? [];
    expect([not, good, film].map((value) => Number(value?.toFixed(12)))).toEqual([-2, 0, 0]);
    expect(output.features).toHaveLength(3);
    expect(output.prediction).toEqual([
      { label: 'negative', probability: expect.closeTo(1 / (1 + Math.exp(-2)), 12) as unknown },
      { label: 'positive', probability: expect.closeTo(1 / (1 + Math.exp(2)), 12) as unknown },
    ]);
  });

  it('attributes nothing to a word without tokens, and plays without it', async () => {
    const model = new PieceModel((tokens) => tokens.length, { pattern: /good|film/gu });
    const { output } = await runExplainer(explainer, model, {
      input: { text: 'good zz film' },
      params: { ...params, masker: 'delete' },
      targets: [{ class: 1, space: 'logit' }],
    });
    expect(output.attributions).toEqual([[1, 0, 1]]);
    expect(output.evaluations).toBe(4);
    expect(output.warnings.map((warning) => warning.code)).toEqual(['PLAYER_WITHOUT_TOKENS']);
  });

  it('explains the predicted class by default', async () => {
    const model = new PieceModel((tokens) => (tokens.includes('good') ? 3 : -3));
    const { output } = await runExplainer(explainer, model, { input: { text: 'a good film' }, params });
    expect(output.targets[0]).toMatchObject({ class: 'positive', index: 1, space: 'probability' });
    expect(output.targets[0]?.score).toBeCloseTo(1 / (1 + Math.exp(-3)), 14);
  });
});
