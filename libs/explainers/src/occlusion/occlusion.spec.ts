import { describe, expect, it } from '@jest/globals';
import { dividendGame, GameModel, PieceModel, randomTableGame, runExplainer, type ToyGame } from '#testing';
import { occlusion } from './occlusion.js';

async function explain(game: ToyGame, params: unknown = {}) {
  const model = new GameModel([game]);
  return (await runExplainer(occlusion, model, { input: { features: model.everyone }, params })).output;
}
const weights = new Map([
  ['a', 1],
  ['b', 2],
  ['c', 4],
  ['d', 8],
]);
const letters = () => new PieceModel((tokens) => tokens.reduce((sum, token) => sum + (weights.get(token) ?? 0), 0));
async function slide(params: unknown) {
  return (await runExplainer(occlusion, letters(), { input: { text: 'a b c d' }, params, targets: [{ class: 1, space: 'logit' }] })).output;
}

describe('occlusion', () => {
  it('is the drop of the score when one player is hidden', async () => {
    const game = randomTableGame(7, 1);
    const everyone = new Array<number>(7).fill(1);
    const { attributions, evaluations, standardErrors, estimated } = await explain(game);
    expect(attributions[0]).toEqual(everyone.map((_, player) => game.worth(everyone) - game.worth(everyone.with(player, 0))));
    expect({ evaluations, standardErrors, estimated }).toEqual({ evaluations: 9, standardErrors: null, estimated: false });
  });

  it('counts an interaction for each of its players, and states the gap', async () => {
    const { attributions, targets } = await explain(dividendGame('pair', 3, [{ members: [0, 1], amount: 5 }]));
    expect(attributions).toEqual([[5, 5, 0]]);
    expect(targets[0]).toMatchObject({ score: 5, baseScore: 0, completenessGap: -5 });
  });

  it('hides windows of neighbours and averages over those that hid a player', async () => {
    expect((await slide({ window: 2, stride: 1 })).attributions).toEqual([[3, 4.5, 9, 12]]);
    expect((await slide({ window: 3, stride: 3 })).attributions).toEqual([[7, 7, 7, 8]]);
    expect((await slide({ window: 9, stride: 9 })).attributions).toEqual([[15, 15, 15, 15]]);
  });

  it('asks for no coalition twice', async () => {
    expect((await slide({ window: 9, stride: 9 })).evaluations).toBe(2);
    const model = letters();
    const { output } = await runExplainer(occlusion, model, { input: { text: 'a' }, targets: [{ class: 1, space: 'logit' }] });
    expect(output).toMatchObject({ evaluations: 2, modelRows: 2, attributions: [[1]] });
  });

  it('refuses windows over columns, and strides that leave players out', async () => {
    await expect(explain(randomTableGame(3, 1), { window: 2 })).rejects.toMatchObject({ code: 'PARAM_INVALID', pointer: '/params/window' });
    await expect(slide({ window: 2, stride: 3 })).rejects.toMatchObject({ code: 'PARAM_INVALID', pointer: '/params/stride' });
    const request = { input: { text: 'a b' }, targets: [{}], params: occlusion.params.parse({ stride: 2 }), seed: 1 };
    expect(() => occlusion.check(request, letters().description)).toThrow(/PARAM_INVALID/);
    await expect(occlusion.plan(request, letters())).rejects.toMatchObject({ code: 'PARAM_INVALID' });
  });

  it('plans its windows', async () => {
    const request = { input: { text: 'a b c d' }, targets: [{}], params: occlusion.params.parse({ window: 2, stride: 2 }), seed: 1 };
    expect(await occlusion.plan(request, letters())).toMatchObject({ estimatedEvaluations: 4, estimatedModelRows: 4 });
  });
});
