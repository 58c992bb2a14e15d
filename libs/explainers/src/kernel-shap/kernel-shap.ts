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
import { kernelShapParams, type KernelShapParams } from './kernel-shap-params.js';
import { checkBudget, planRounds } from './plan-budget.js';
import { sampleCoalitions } from './sample-coalitions.js';

export const kernelShap = defineExplainer<KernelShapParams>({
  method: 'kernel-shap',
  family: 'shap',
  tasks: ['text-classification', 'text-regression', 'tabular-classification', 'tabular-regression'],
  about:
    'Shapley values estimated by a weighted regression on sampled pairs of coalitions, each with a standard error; exact when the ' +
    'budget covers all 2^n coalitions. No value is set to zero by a selection step. Costs at most `budget` evaluations. ' +
    'Source: S. M. Lundberg and S.-I. Lee (2017); sampling: C. Musco and R. T. Witter (2024).',
  params: kernelShapParams,
  result: null,
  check(request: ExplainRequest<KernelShapParams>, description: ModelDescription): void {
    const players = checkGame(request, description);
    if (players !== null) checkBudget(request.params.budget, players);
  },
  complete: (params, description) => ({ ...params, ...chooseGame(params, description) }),
  async plan(request: ExplainRequest<KernelShapParams>, model: Model): Promise<Plan> {
    const game = await openGame(request, model);
    const players = game.players.length;
    const { budget } = request.params;
    checkBudget(budget, players);
    const all = countCoalitions(players);
    return planGame(game, budget >= all ? all : 2 + 2 * (planRounds(budget, players, false).at(-1) ?? 0));
  },
  async explain(request: ExplainRequest<KernelShapParams>, context: ExplainContext): Promise<ExplainerOutput> {
    const { budget, precision } = request.params;
    const game = await openGame(request, context.model);
    const players = game.players.length;
    checkBudget(budget, players);
    const run = await GameRun.start(game, request, context);
    const whole = budget >= countCoalitions(players);
    const sampled = whole ? await enumerateWithoutError(run) : await sampleCoalitions(run, request.seed, budget, precision);
    return finishSampled(run, sampled, request.params);
  },
});
