import { PermutationPairs } from '#attribution';
import { defineExplainer, type ExplainContext, type ExplainRequest, type Plan } from '../contract/explainer.js';
import type { ExplainerOutput } from '../contract/explanation.js';
import type { ModelDescription } from '../contract/model-description.js';
import type { Model } from '../contract/model.js';
import { checkGame } from '../game/check-game.js';
import { chooseGame } from '../game/choose-game.js';
import { countCoalitions } from '../game/count-coalitions.js';
import { GameRun } from '../game/game-run.js';
import { openGame } from '../game/open-game.js';
import { planGame } from '../game/plan-game.js';
import { enumerateWithoutError, finishSampled } from '../game/sampled-findings.js';
import { permutationShapParams, type PermutationShapParams } from './permutation-shap-params.js';
import { checkPermutationBudget, planPermutations } from './plan-permutations.js';
import { samplePermutations } from './sample-permutations.js';

export const permutationShap = defineExplainer<PermutationShapParams>({
  method: 'permutation-shap',
  family: 'shap',
  tasks: ['text-classification', 'text-regression', 'tabular-classification', 'tabular-regression'],
  about:
    'Shapley values as means over random orders in which the players enter, each order followed by its reversal, with a standard error ' +
    'from the pairs. Adds up whatever the sample and is exact for interactions of two. Costs at most `budget` evaluations. ' +
    'Source: J. Castro, D. Gómez and J. Tejada (2009); reversed orders: R. Mitchell, J. Cooper, E. Frank and G. Holmes (2022).',
  params: permutationShapParams,
  result: null,
  check(request: ExplainRequest<PermutationShapParams>, description: ModelDescription): void {
    const players = checkGame(request, description);
    if (players !== null) checkPermutationBudget(request.params.budget, players);
  },
  complete: (params, description) => ({ ...params, ...chooseGame(params, description) }),
  async plan(request: ExplainRequest<PermutationShapParams>, model: Model): Promise<Plan> {
    const game = await openGame(request, model);
    const players = game.players.length;
    const { budget } = request.params;
    checkPermutationBudget(budget, players);
    const all = countCoalitions(players);
    return planGame(game, budget >= all ? all : countEvaluations(request.seed, budget, players));
  },
  async explain(request: ExplainRequest<PermutationShapParams>, context: ExplainContext): Promise<ExplainerOutput> {
    const { budget, precision } = request.params;
    const game = await openGame(request, context.model);
    const players = game.players.length;
    checkPermutationBudget(budget, players);
    const run = await GameRun.start(game, request, context);
    const whole = budget >= countCoalitions(players);
    const sampled = whole
      ? { ...(await enumerateWithoutError(run)), pairs: null }
      : await samplePermutations(run, request.seed, budget, precision);
    return finishSampled(run, sampled, request.params, { permutations: sampled.pairs === null ? null : 2 * sampled.pairs });
  },
});

/** Coalitions that the permutations of a run without a precision pass through, counted by drawing them. */
function countEvaluations(seed: number, budget: number, players: number): number {
  const pairs = new PermutationPairs(seed, players);
  pairs.drawUpTo(planPermutations(budget, players, false).at(-1) ?? 0);
  return 1 + pairs.coalitions.length;
}
