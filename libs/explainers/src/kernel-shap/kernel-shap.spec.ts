import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import {
  dividendGame,
  GameModel,
  PieceModel,
  randomDividendGame,
  randomTableGame,
  runExplainer,
  sigmoidGame,
  type ToyGame,
} from '#testing';
import { exactShap } from '../exact-shap/exact-shap.js';
import { GameRun } from '../game/game-run.js';
import { openGame } from '../game/open-game.js';
import { kernelShap } from './kernel-shap.js';
import { kernelShapParams } from './kernel-shap-params.js';
import { planRounds, smallestBudget } from './plan-budget.js';
import { sampleCoalitions } from './sample-coalitions.js';

async function explain(game: ToyGame, params: unknown, seed = 1) {
  const model = new GameModel([game]);
  return (await runExplainer(kernelShap, model, { input: { features: model.everyone }, params, seed })).output;
}

describe('kernel-shap', () => {
  it('is exact, to the last bit, once the budget covers every coalition', async () => {
    const game = randomTableGame(9, 1);
    const model = new GameModel([game]);
    const exact = (await runExplainer(exactShap, model, { input: { features: model.everyone } })).output;
    const output = await explain(game, { budget: 512 });
    expect(output.attributions).toEqual(exact.attributions);
    expect(output.standardErrors).toEqual([new Array<number>(9).fill(0)]);
    expect(output).toMatchObject({ estimated: false, evaluations: 512, budget: 512 });
    expect(await explain(game, { budget: 511 })).toMatchObject({ estimated: true, evaluations: 510, budget: 511 });
  });

  it('spends the budget it is given and nothing beyond', async () => {
    const output = await explain(randomDividendGame(12, 2), { budget: 301 });
    expect(output).toMatchObject({ evaluations: 300, modelRows: 300, budget: 301, truncated: false });
    expect(output.quality).toMatchObject({ converged: null });
  });

  it('draws another sample for another seed', async () => {
    const game = randomDividendGame(12, 3);
    const [one, other] = [await explain(game, { budget: 100 }, 1), await explain(game, { budget: 100 }, 2)];
    expect(one.attributions).not.toEqual(other.attributions);
  });

  it('does not depend on how many coalitions are asked for at a time', async () => {
    const model = new GameModel([randomDividendGame(11, 4)]);
    const request = { input: { features: model.everyone }, targets: [{}], params: kernelShapParams.parse({}), seed: 3 };
    const context = { model, cancellation: { aborted: false }, report: () => undefined };
    const game = await openGame(request, model);
    const sampled = await Promise.all(
      [1, 7, 256, 4096].map(async (coalitionsAtATime) => {
        const run = await GameRun.start({ ...game, coalitionsAtATime }, request, context);
        return sampleCoalitions(run, 3, 200, 0.5);
      }),
    );
    for (const one of sampled) expect(one).toEqual(sampled[0]);
    expect(model.calls).toContain(7);
  });

  it('samples in rounds until the interval is as narrow as asked', async () => {
    const game = sigmoidGame(14, 5);
    const output = await explain(game, { budget: 5000, precision: 0.01 });
    expect(output.evaluations).toBeLessThan(5000);
    expect(output).toMatchObject({ truncated: false, quality: { converged: true }, warnings: [] });
    const widest = 1.96 * Math.max(...(output.standardErrors?.[0] ?? []));
    expect(widest).toBeLessThanOrEqual(0.01);
    expect(output.quality['halfWidth']).toBeCloseTo(widest, 14);
    output.attributions[0]?.forEach((value, player) => expect(Math.abs(value - (game.shapley[player] ?? NaN))).toBeLessThan(2 * 0.01));
  });

  it('draws in rounds what it would have drawn at once', async () => {
    const game = randomDividendGame(12, 6);
    const rounds = await explain(game, { budget: 400, precision: 1e-9 });
    const atOnce = await explain(game, { budget: 400 });
    rounds.attributions[0]?.forEach((value, player) => expect(value).toBeCloseTo(atOnce.attributions[0]?.[player] ?? NaN, 11));
    expect(rounds.evaluations).toBe(atOnce.evaluations);
  });

  it('says when the budget ended before the precision was reached', async () => {
    const output = await explain(randomDividendGame(12, 6), { budget: 400, precision: 1e-9 });
    expect(output).toMatchObject({ truncated: true, quality: { converged: false } });
    expect(output.warnings).toEqual([expect.objectContaining({ code: 'PRECISION_NOT_REACHED' })]);
  });

  it('reaches any precision by asking for every coalition', async () => {
    expect(await explain(randomTableGame(8, 7), { budget: 256, precision: 1e-9 })).toMatchObject({
      quality: { converged: true, halfWidth: 0 },
      warnings: [],
    });
  });

  it('sets no value to zero that is not zero, with more features than shap keeps by default', async () => {
    const worths = Array.from({ length: 20 }, (_, player) => 1 + player / 19);
    const game = dividendGame(
      'linear',
      20,
      worths.map((amount, player) => ({ members: [player], amount })),
    );
    const { attributions } = await explain(game, { budget: 2088 });
    attributions[0]?.forEach((value, player) => expect(value).toBeCloseTo(worths[player] ?? NaN, 11));
  });

  it.each([
    [1, 2],
    [5, 32],
    [6, 50],
    [8, 66],
    [12, 98],
    [300, 2402],
  ])('wants for %i players a budget of %i', (players, least) => {
    expect(smallestBudget(players)).toBe(least);
  });

  it('names the smallest budget that will do, and takes it', async () => {
    const game = randomDividendGame(12, 8);
    await expect(explain(game, { budget: 97 })).rejects.toMatchObject({
      code: 'BUDGET_TOO_SMALL',
      pointer: '/params/budget',
      detail: expect.stringContaining('at least 98') as unknown,
    });
    expect(await explain(game, { budget: 98 })).toMatchObject({ evaluations: 98, estimated: true });
  });

  it('refuses more players than its regression can hold', async () => {
    const model = new PieceModel(() => 0, { maxTokens: 4000 });
    const request = { input: { text: 'word '.repeat(1001) }, params: { budget: 1_000_000 } };
    await expect(runExplainer(kernelShap, model, request)).rejects.toMatchObject({ code: 'PLAYERS_TOO_MANY', pointer: '/params/players' });
  });

  it('takes whole budgets of 1 … 1,000,000 and nothing else', () => {
    const parse = (budget: unknown): boolean => z.safeParse(kernelShapParams, { budget }).success;
    expect([1, 512, 1_000_000].every(parse)).toBe(true);
    expect([0, -1, 1.5, 1e9, 1_000_001, '100', null, [1], NaN, Infinity].some(parse)).toBe(false);
    expect(kernelShapParams.parse({})).toEqual({ players: null, masker: null, budget: 512, precision: null });
  });

  it('plans what it will spend', async () => {
    const model = new PieceModel(() => 0);
    const plan = (text: string, params: unknown) =>
      kernelShap.plan({ input: { text }, targets: [{}], params: kernelShap.params.parse(params), seed: 1 }, model);
    expect(await plan('a funny film', {})).toMatchObject({ estimatedEvaluations: 8 });
    expect(await plan('a b c d e f g h i j', { budget: 101 })).toMatchObject({ estimatedEvaluations: 100, estimatedModelRows: 100 });
    await expect(plan('a b c d e f g h i j', { budget: 20 })).rejects.toMatchObject({ code: 'BUDGET_TOO_SMALL' });
  });
});

describe('planRounds', () => {
  it('spends everything at once without a precision', () => {
    expect(planRounds(1000, 10, false)).toEqual([499]);
  });

  it('grows by half, from the smallest sample to the whole budget', () => {
    expect(planRounds(400, 10, true)).toEqual([40, 60, 90, 135, 199]);
    expect(planRounds(82, 10, true)).toEqual([40]);
  });
});
