import { averageDrops, DistinctCoalitions, slideWindows, type OcclusionWindow } from '#attribution';
import { defineExplainer, type ExplainContext, type ExplainRequest, type Plan } from '../contract/explainer.js';
import type { ExplainerOutput, Tensor } from '../contract/explanation.js';
import { ImageModel } from '../contract/image-model.js';
import type { ModelDescription } from '../contract/model-description.js';
import type { Model } from '../contract/model.js';
import { checkGame } from '../game/check-game.js';
import { chooseGame } from '../game/choose-game.js';
import type { Game } from '../game/game.js';
import { GameRun } from '../game/game-run.js';
import { openGame } from '../game/open-game.js';
import { planGame } from '../game/plan-game.js';
import { chooseWindow } from './choose-window.js';
import { keepPicture } from '../gradient/keep-picture.js';
import { mapDrops } from './map-drops.js';
import { occlusionParams, type OcclusionParams } from './occlusion-params.js';
import { openWindowGame } from './window-game.js';

export const occlusion = defineExplainer<OcclusionParams>({
  method: 'occlusion',
  family: 'shap',
  tasks: ['text-classification', 'text-regression', 'tabular-classification', 'tabular-regression', 'image-classification'],
  about:
    'How much the score drops when one player, or a sliding window of them, is hidden and everything else stays; of a picture, a square, ' +
    'and `map` has for each pixel the mean drop of the squares that covered it. Costs one ' +
    'evaluation a window. Interactions are counted for every player that takes part, so the drops need not add up. ' +
    'Source: M. D. Zeiler and R. Fergus (2014).',
  params: occlusionParams,
  result: null,
  check(request: ExplainRequest<OcclusionParams>, description: ModelDescription): void {
    checkGame(request, description);
    chooseWindow(request.params, description);
  },
  complete: (params, description) => ({ ...params, ...chooseGame(params, description), ...chooseWindow(params, description) }),
  async plan(request: ExplainRequest<OcclusionParams>, model: Model): Promise<Plan> {
    const { game, windows } = await openOcclusion(request, model);
    return planGame(game, 1 + hideWindows(game.players.length, windows).coalitions.length);
  },
  async explain(request: ExplainRequest<OcclusionParams>, context: ExplainContext): Promise<ExplainerOutput> {
    const { game, windows, toMaps } = await openOcclusion(request, context.model);
    const players = game.players.length;
    const { coalitions, empty, hidden } = hideWindows(players, windows);
    const run = await GameRun.start(game, request, context);
    const worths = await run.evaluate(coalitions, 1 + coalitions.length);
    const drops = worths.map((of, target) => hidden.map((coalition) => (run.scores[target] ?? NaN) - (of[coalition] ?? NaN)));
    const output = run.finish({
      findings: worths.map((of, target) => ({
        baseScore: of[empty] ?? NaN,
        values: averageDrops(players, windows, drops[target] ?? []),
        standardErrors: null,
      })),
      budget: run.evaluations,
      estimated: false,
      truncated: false,
      quality: { fidelity: null },
      warnings: [],
    });
    return toMaps === null ? output : { ...output, tensors: toMaps(drops) };
  },
});

/** What is to be hidden in turn. */
interface Occlusion {
  readonly game: Game;
  /** Of players. */
  readonly windows: readonly OcclusionWindow[];
  /** Makes maps of the drops [target][window], and keeps the picture under them; null where nothing has a place on a map. */
  readonly toMaps: ((drops: readonly (readonly number[])[]) => readonly Tensor[]) | null;
}

async function openOcclusion(request: ExplainRequest<OcclusionParams>, model: Model): Promise<Occlusion> {
  const choice = chooseWindow(request.params, model.description);
  if (!(model instanceof ImageModel)) {
    const game = await openGame(request, model);
    return { game, windows: slideWindows(game.players.length, choice.window, choice.stride), toMaps: null };
  }
  const game = await openWindowGame(request, model, choice);
  const { height, width } = model.shape;
  return {
    game,
    // Its players are windows of the picture already.
    windows: slideWindows(game.players.length, 1, 1),
    toMaps: (drops) => [
      ...drops.map((of, target) => mapDrops(drops.length === 1 ? 'map' : `map.${target}`, game.features, of, height, width)),
      keepPicture(game.reading),
    ],
  };
}

/** The coalitions to ask for, and at which place in them the empty one and each window's are. */
function hideWindows(players: number, windows: readonly OcclusionWindow[]) {
  const coalitions = new DistinctCoalitions(players);
  const empty = coalitions.add(new Uint8Array(players));
  const hidden = windows.map(({ start, end }) => coalitions.add(new Uint8Array(players).fill(1).fill(0, start, end)));
  return { coalitions, empty, hidden };
}
