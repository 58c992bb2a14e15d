import { averageDrops, DistinctCoalitions, slideWindows, type OcclusionWindow } from '#attribution';
import { ExplainProblem } from '../contract/explain-problem.js';
import { defineExplainer, type ExplainContext, type ExplainRequest, type Plan } from '../contract/explainer.js';
import type { ExplainerOutput } from '../contract/explanation.js';
import type { ModelDescription } from '../contract/model-description.js';
import type { Model } from '../contract/model.js';
import { checkGame } from '../game/check-game.js';
import { chooseGame } from '../game/choose-game.js';
import { readsText } from '../game/choose-game.js';
import { GameRun } from '../game/game-run.js';
import { openGame } from '../game/open-game.js';
import { planGame } from '../game/plan-game.js';
import { occlusionParams, type OcclusionParams } from './occlusion-params.js';

export const occlusion = defineExplainer<OcclusionParams>({
  method: 'occlusion',
  family: 'shap',
  tasks: ['text-classification', 'text-regression', 'tabular-classification', 'tabular-regression'],
  about:
    'How much the score drops when one player, or a sliding window of them, is hidden and everything else stays. Costs one ' +
    'evaluation a window. Interactions are counted for every player that takes part, so the drops need not add up. ' +
    'Source: M. D. Zeiler and R. Fergus (2014).',
  params: occlusionParams,
  result: null,
  check(request: ExplainRequest<OcclusionParams>, description: ModelDescription): void {
    checkGame(request, description);
    checkWindow(request.params, description);
  },
  complete: (params, description) => ({ ...params, ...chooseGame(params, description) }),
  async plan(request: ExplainRequest<OcclusionParams>, model: Model): Promise<Plan> {
    checkWindow(request.params, model.description);
    const game = await openGame(request, model);
    const windows = slideWindows(game.players.length, request.params.window, request.params.stride);
    return planGame(game, 1 + hideWindows(game.players.length, windows).coalitions.length);
  },
  async explain(request: ExplainRequest<OcclusionParams>, context: ExplainContext): Promise<ExplainerOutput> {
    checkWindow(request.params, context.model.description);
    const game = await openGame(request, context.model);
    const players = game.players.length;
    const windows = slideWindows(players, request.params.window, request.params.stride);
    const { coalitions, empty, hidden } = hideWindows(players, windows);
    const run = await GameRun.start(game, request, context);
    const worths = await run.evaluate(coalitions, 1 + coalitions.length);
    return run.finish({
      findings: worths.map((of, target) => {
        const drops = hidden.map((coalition) => (run.scores[target] ?? NaN) - (of[coalition] ?? NaN));
        return { baseScore: of[empty] ?? NaN, values: averageDrops(players, windows, drops), standardErrors: null };
      }),
      budget: run.evaluations,
      estimated: false,
      truncated: false,
      quality: { fidelity: null },
      warnings: [],
    });
  },
});

/** The coalitions to ask for, and at which place in them the empty one and each window's are. */
function hideWindows(players: number, windows: readonly OcclusionWindow[]) {
  const coalitions = new DistinctCoalitions(players);
  const empty = coalitions.add(new Uint8Array(players));
  const hidden = windows.map(({ start, end }) => coalitions.add(new Uint8Array(players).fill(1).fill(0, start, end)));
  return { coalitions, empty, hidden };
}

function checkWindow({ window, stride }: OcclusionParams, description: ModelDescription): void {
  if (window > 1 && !readsText(description)) {
    const remedy = 'Leave it at 1, or name groups of columns that are hidden together.';
    throw new ExplainProblem('PARAM_INVALID', 'the columns of a row have no neighbours for a window to hide', '/params/window', remedy);
  }
  if (stride > window) {
    const detail = `with a stride of ${stride} and windows of ${window} some players would never be hidden`;
    throw new ExplainProblem('PARAM_INVALID', detail, '/params/stride', 'Use a stride of at most the window.');
  }
}
