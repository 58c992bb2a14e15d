import { ExplainProblem } from '../contract/explain-problem.js';
import type { ModelDescription } from '../contract/model-description.js';
import { readsText } from '../game/choose-game.js';
import type { OcclusionParams } from './occlusion-params.js';

export interface WindowChoice {
  readonly window: number;
  readonly stride: number;
}

/** A record lists each of them, and each costs an evaluation. */
const mostWindows = 4096;

/**
 * Length and stride of the windows, with the defaults of the model filled in: one player at a time, or for a picture an eighth of its
 * shorter side (rounded, at least 1) and half of that (rounded down, at least 1).
 *
 * @throws ExplainProblem PARAM_INVALID, PLAYERS_TOO_MANY
 */
export function chooseWindow(params: Pick<OcclusionParams, 'window' | 'stride'>, description: ModelDescription): WindowChoice {
  const { image } = description;
  const window = params.window ?? (image === undefined ? 1 : Math.max(1, Math.round(Math.min(image.height, image.width) / 8)));
  const stride = params.stride ?? (image === undefined ? 1 : Math.max(1, Math.floor(window / 2)));
  if (window > 1 && image === undefined && !readsText(description)) {
    const remedy = 'Leave it at 1, or name groups of columns that are hidden together.';
    throw new ExplainProblem('PARAM_INVALID', 'the columns of a row have no neighbours for a window to hide', '/params/window', remedy);
  }
  if (stride > window) {
    const detail = `with a stride of ${stride} and windows of ${window} some ${image === undefined ? 'players' : 'pixels'} would never be hidden`;
    throw new ExplainProblem('PARAM_INVALID', detail, '/params/stride', 'Use a stride of at most the window.');
  }
  if (image !== undefined) {
    const windows = countAlong(image.height, window, stride) * countAlong(image.width, window, stride);
    if (windows > mostWindows) {
      const detail = `windows of ${window} every ${stride} pixels are ${windows}, and at most ${mostWindows} are hidden`;
      throw new ExplainProblem('PLAYERS_TOO_MANY', detail, '/params/stride', 'Use a larger stride, or a larger window.');
    }
  }
  return { window, stride };
}

/** As many as slideWindows makes. */
function countAlong(length: number, window: number, stride: number): number {
  return 1 + Math.max(0, Math.ceil((length - window) / stride));
}
