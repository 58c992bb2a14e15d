import { defineExplainer, type ExplainContext, type ExplainRequest, type Plan } from '../contract/explainer.js';
import type { ExplainerOutput } from '../contract/explanation.js';
import type { ModelDescription } from '../contract/model-description.js';
import type { Model } from '../contract/model.js';
import { checkGame } from '../game/check-game.js';
import { chooseGame } from '../game/choose-game.js';
import { expectAtMost } from '../game/check-players.js';
import { countCoalitions } from '../game/count-coalitions.js';
import { enumerateCoalitions } from '../game/enumerate-coalitions.js';
import { GameRun } from '../game/game-run.js';
import { openGame } from '../game/open-game.js';
import { planGame } from '../game/plan-game.js';
import { exactShapParams, type ExactShapParams } from './exact-shap-params.js';

const mostPlayers = 16;

export const exactShap = defineExplainer<ExactShapParams>({
  method: 'exact-shap',
  family: 'shap',
  tasks: ['text-classification', 'text-regression', 'tabular-classification', 'tabular-regression'],
  about:
    'Shapley values from the worths of all 2^n coalitions of up to 16 players: exact, without sampling. Costs 2^n evaluations. ' +
    'Source: L. S. Shapley (1953); the game with background rows: S. M. Lundberg and S.-I. Lee (2017).',
  params: exactShapParams,
  result: null,
  check(request: ExplainRequest<ExactShapParams>, description: ModelDescription): void {
    checkPlayers(checkGame(request, description) ?? 0);
  },
  complete: (params, description) => ({ ...params, ...chooseGame(params, description) }),
  async plan(request: ExplainRequest<ExactShapParams>, model: Model): Promise<Plan> {
    const game = await openGame(request, model);
    checkPlayers(game.players.length);
    return planGame(game, 2 ** game.players.length);
  },
  async explain(request: ExplainRequest<ExactShapParams>, context: ExplainContext): Promise<ExplainerOutput> {
    const game = await openGame(request, context.model);
    const players = game.players.length;
    checkPlayers(players);
    const run = await GameRun.start(game, request, context);
    return run.finish({
      findings: await enumerateCoalitions(run),
      budget: countCoalitions(players),
      estimated: false,
      truncated: false,
      quality: { fidelity: null },
      warnings: [],
    });
  },
});

function checkPlayers(players: number): void {
  const remedy = 'Use kernel-shap, which samples coalitions, or fewer players: sentences, or groups of your own.';
  expectAtMost(mostPlayers, players, 'exact-shap asks for all 2^n coalitions', remedy);
}
