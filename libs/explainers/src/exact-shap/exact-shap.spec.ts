import { describe, expect, it } from '@jest/globals';
import { airportGame, dividendGame, GameModel, PieceModel, randomTableGame, runExplainer, type ToyGame } from '#testing';
import { exactShap } from './exact-shap.js';

async function explain(game: ToyGame) {
  const model = new GameModel([game]);
  return (await runExplainer(exactShap, model, { input: { features: model.everyone } })).output;
}

describe('exact-shap', () => {
  it('equals the closed form of the airport game', async () => {
    const game = airportGame('airport', [3, 1, 4, 1, 5, 9, 2, 6]);
    const { attributions } = await explain(game);
    attributions[0]?.forEach((value, player) => expect(value).toBeCloseTo(game.shapley[player] ?? NaN, 13));
  });

  it('asks for each coalition once, and reports no standard errors', async () => {
    const output = await explain(randomTableGame(10, 1));
    expect(output).toMatchObject({
      evaluations: 1024,
      budget: 1024,
      modelRows: 1024,
      standardErrors: null,
      estimated: false,
      truncated: false,
    });
    expect(output.quality).toEqual({ fidelity: null });
  });

  it('takes a single player', async () => {
    const output = await explain(dividendGame('one', 1, [{ members: [0], amount: -2 }]));
    expect(output.attributions).toEqual([[-2]]);
    expect(output.evaluations).toBe(2);
  });

  it('takes 16 players and names kernel-shap to those who have 17', async () => {
    const seventeen = new GameModel([dividendGame('many', 17, [])]);
    await expect(runExplainer(exactShap, seventeen, { input: { features: seventeen.everyone } })).rejects.toMatchObject({
      code: 'PLAYERS_TOO_MANY',
      pointer: '/params/players',
      detail: expect.stringMatching(/at most 16 players; there are 17/) as unknown,
      remedy: expect.stringContaining('kernel-shap') as unknown,
    });
    expect(seventeen.modelRows).toBe(0);
    const sixteen = await explain(dividendGame('enough', 16, [{ members: [3, 15], amount: 1 }]));
    expect(sixteen.attributions[0]?.map((value) => Number(value.toFixed(12)))).toEqual([
      0,
      0,
      0,
      0.5,
      ...new Array<number>(11).fill(0),
      0.5,
    ]);
  });

  it('counts tokens only when the tokenizer is at hand', async () => {
    const model = new PieceModel(() => 0);
    const input = { text: 'w '.repeat(17) };
    const request = { input, params: { players: 'tokens' } };
    expect(() =>
      exactShap.check({ ...request, params: exactShap.params.parse(request.params), targets: [{}], seed: 1 }, model.description),
    ).not.toThrow();
    await expect(runExplainer(exactShap, model, request)).rejects.toMatchObject({ code: 'PLAYERS_TOO_MANY' });
  });

  it('plans without asking the model', async () => {
    const model = new PieceModel(() => 0);
    const request = { input: { text: 'a funny film' }, targets: [{}], params: exactShap.params.parse({}), seed: 1 };
    const plan = await exactShap.plan(request, model);
    expect(plan).toMatchObject({ estimatedEvaluations: 8, estimatedModelRows: 8, warnings: [] });
    expect(plan.features).toHaveLength(3);
    expect(model.modelRows).toBe(0);
  });

  it('has no budget to set', () => {
    expect(exactShap.params.safeParse({ budget: 100 }).success).toBe(false);
  });
});
