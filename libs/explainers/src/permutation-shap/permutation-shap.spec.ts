import { describe, expect, it } from '@jest/globals';
import {
  airportGame,
  dividendGame,
  equalAndNullGame,
  GameModel,
  randomDividendGame,
  randomMultiplicativeGame,
  randomTableGame,
  runExplainer,
  sigmoidGame,
  sparseTreeGame,
  type ToyGame,
} from '#testing';
import { exactShap } from '../exact-shap/exact-shap.js';
import { permutationShap } from './permutation-shap.js';
import { permutationShapParams } from './permutation-shap-params.js';
import { costOfPairs, planPermutations, smallestPermutationBudget } from './plan-permutations.js';

async function explain(game: ToyGame, params: unknown, seed = 1) {
  const model = new GameModel([game]);
  const run = await runExplainer(permutationShap, model, { input: { features: model.everyone }, params, seed });
  return { ...run, model };
}

describe('permutation-shap', () => {
  it('recovers interactions of two players exactly, from any sample', async () => {
    const members = [[0], [3], [0, 1], [2, 9], [4, 5], [5, 6], [1, 11]];
    const game = dividendGame(
      'pairs',
      12,
      members.map((group, index) => ({ members: group, amount: index - 2.5 })),
    );
    for (const seed of [1, 2, 3]) {
      const { output } = await explain(game, { budget: 90 }, seed);
      output.attributions[0]?.forEach((value, player) => expect(value).toBeCloseTo(game.shapley[player] ?? NaN, 12));
      expect(Math.max(...(output.standardErrors?.[0] ?? []))).toBeLessThan(1e-12);
    }
  });

  it('telescopes: nothing is lost between the empty and the full coalition', async () => {
    for (const seed of [1, 2, 3]) {
      const { output } = await explain(sigmoidGame(14, 3), { budget: 300 }, seed);
      expect(Math.abs(output.targets[0]?.completenessGap ?? NaN)).toBeLessThan(1e-14);
    }
  });

  it('is exact, to the last bit, once the budget covers every coalition', async () => {
    const game = randomTableGame(9, 1);
    const model = new GameModel([game]);
    const exact = (await runExplainer(exactShap, model, { input: { features: model.everyone } })).output;
    const { output } = await explain(game, { budget: 512 });
    expect(output.attributions).toEqual(exact.attributions);
    expect(output).toMatchObject({ estimated: false, evaluations: 512, quality: { permutations: null } });
  });

  it('asks for no coalition twice, and for all of them at once', async () => {
    const { output, model } = await explain(randomDividendGame(8, 2), { budget: 200 });
    expect(output.quality).toMatchObject({ permutations: 28, converged: null });
    expect(output.evaluations).toBeLessThan(costOfPairs(8, 14));
    expect(model.modelRows).toBe(output.evaluations);
    // The input on its own, then everything else in one call.
    expect(model.calls).toEqual([1, output.evaluations - 1]);
  });

  it('samples in rounds until the interval is as narrow as asked', async () => {
    const game = sigmoidGame(14, 5);
    const { output } = await explain(game, { budget: 5000, precision: 0.02 });
    expect(output.evaluations).toBeLessThan(5000);
    expect(output).toMatchObject({ truncated: false, quality: { converged: true }, warnings: [] });
    const widest = 1.96 * Math.max(...(output.standardErrors?.[0] ?? []));
    expect(widest).toBeLessThanOrEqual(0.02);
    expect(output.quality['halfWidth']).toBeCloseTo(widest, 14);
    output.attributions[0]?.forEach((value, player) => expect(Math.abs(value - (game.shapley[player] ?? NaN))).toBeLessThan(2 * 0.02));
  });

  it('draws in rounds what it would have drawn at once', async () => {
    const game = randomDividendGame(12, 6);
    const rounds = (await explain(game, { budget: 400, precision: 1e-9 })).output;
    const atOnce = (await explain(game, { budget: 400 })).output;
    expect(rounds.attributions).toEqual(atOnce.attributions);
    expect(rounds.evaluations).toBe(atOnce.evaluations);
    expect(rounds).toMatchObject({ truncated: true, quality: { converged: false } });
    expect(rounds.warnings).toEqual([expect.objectContaining({ code: 'PRECISION_NOT_REACHED' })]);
  });

  it('draws another sample for another seed', async () => {
    const game = randomDividendGame(12, 3);
    const [one, other] = [await explain(game, { budget: 100 }, 1), await explain(game, { budget: 100 }, 2)];
    expect(one.output.attributions).not.toEqual(other.output.attributions);
  });

  it.each([
    [1, 2],
    [4, 16],
    [6, 42],
    [12, 90],
    [300, 2394],
  ])('wants for %i players a budget of %i', (players, least) => {
    expect(smallestPermutationBudget(players)).toBe(least);
  });

  it('names the smallest budget that will do, and takes it', async () => {
    const game = randomDividendGame(12, 8);
    await expect(explain(game, { budget: 89 })).rejects.toMatchObject({
      code: 'BUDGET_TOO_SMALL',
      pointer: '/params/budget',
      detail: expect.stringContaining('at least 90') as unknown,
    });
    expect((await explain(game, { budget: 90 })).output).toMatchObject({ estimated: true, quality: { permutations: 8 } });
  });

  it('takes more players than a regression could hold, up to 5,000', async () => {
    const game = dividendGame('many', 1500, [
      { members: [7], amount: 1 },
      { members: [0, 1400], amount: 3 },
    ]);
    const { output } = await explain(game, { budget: 12_000 });
    expect(output.attributions[0]?.[7]).toBeCloseTo(1, 12);
    expect(output.attributions[0]?.[1400]).toBeCloseTo(1.5, 12);
    await expect(explain(dividendGame('too many', 5001, []), { budget: 1_000_000 })).rejects.toMatchObject({ code: 'PLAYERS_TOO_MANY' });
  });

  it('plans exactly what it will spend', async () => {
    const game = randomDividendGame(8, 2);
    const model = new GameModel([game]);
    const request = { input: { features: model.everyone }, targets: [{}], params: permutationShapParams.parse({ budget: 200 }), seed: 1 };
    const plan = await permutationShap.plan(request, model);
    expect(plan.estimatedEvaluations).toBe((await explain(game, { budget: 200 })).output.evaluations);
  });

  it('grows by half from round to round', () => {
    expect(planPermutations(400, 12, true)).toEqual([4, 6, 9, 14, 18]);
    expect(planPermutations(400, 12, false)).toEqual([18]);
  });
});

describe('the standard errors of permutation-shap', () => {
  // Fixed before anything was measured: these games, seeds 1 to 20, the least number of pairs and more.
  const games = [7, 10, 14]
    .flatMap((players) => [1, 2].flatMap((seed) => [randomDividendGame(players, seed), randomMultiplicativeGame(players, seed)]))
    .concat([7, 10, 14].flatMap((players) => [sigmoidGame(players, 1), sparseTreeGame(players, 1), equalAndNullGame(players, 1)]))
    .concat([randomTableGame(7, 1), randomTableGame(10, 1), airportGame('airport', [3, 1, 4, 1, 5, 9, 2, 6, 5])]);

  it.each([
    // With few pairs they are meant to be too large rather than too small.
    { pairs: 4, least: 0.4 },
    { pairs: 8, least: 0.7 },
    { pairs: 16, least: 0.8 },
  ])('are the right size with $pairs pairs', async ({ pairs, least }) => {
    const deviations: number[] = [];
    for (const game of games)
      for (let seed = 1; seed <= 20; seed++) {
        const budget = costOfPairs(game.players, pairs);
        if (budget >= 2 ** game.players) continue;
        const { output } = await explain(game, { budget }, seed);
        output.attributions[0]?.forEach((value, player) => {
          const deviation = value - (game.shapley[player] ?? NaN);
          // A pair recovers some values exactly, with an error of 0.
          deviations.push(Math.abs(deviation) < 1e-12 ? 0 : deviation / (output.standardErrors?.[0]?.[player] ?? NaN));
        });
      }
    const share = (limit: number): number => deviations.filter((one) => !(Math.abs(one) <= limit)).length / deviations.length;
    const sorted = deviations.map(Math.abs).sort((a, b) => a - b);
    // Of the root mean square the farthest thousandth is left out: what no pair met cannot be known, and is counted below.
    const kept = sorted.slice(0, Math.floor(sorted.length * 0.999));
    const spread = Math.sqrt(kept.reduce((sum, one) => sum + one * one, 0) / kept.length);
    expect(deviations.length).toBeGreaterThan(2500);
    expect(share(1.96)).toBeLessThan(0.06);
    expect(share(3)).toBeLessThan(0.02);
    expect(share(5)).toBeLessThan(0.003);
    expect(spread).toBeGreaterThan(least);
    expect(spread).toBeLessThan(1.1);
  });
});
