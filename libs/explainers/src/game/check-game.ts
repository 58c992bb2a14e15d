import type { ExplainRequest } from '../contract/explainer.js';
import type { ModelDescription } from '../contract/model-description.js';
import { chooseGame, readsText } from './choose-game.js';
import { findCandidates } from './find-candidates.js';
import type { GameParams } from './game-params.js';
import { checkBackground } from './read-background.js';
import { readColumnGroups } from './read-groups.js';
import { resolveTargets } from './resolve-targets.js';
import { takeImage, takeRow, takeText } from './take-input.js';

/**
 * Everything that can be wrong with a coalition game and can be seen without a tokenizer and without the model.
 *
 * @returns the number of players at most, before tokens that reach into several of them join them and before the text is
 *   cut to the model's tokens; null when only the tokenizer knows, and for a picture
 * @throws ExplainProblem
 */
export function checkGame(request: ExplainRequest<GameParams>, description: ModelDescription): number | null {
  const { params, input } = request;
  if (readsText(description)) {
    const text = takeText(input);
    const { players } = chooseGame(params, description);
    // A text of a megabyte is not cut into characters while a caller waits: beyond the model's tokens nobody plays.
    const candidates = findCandidates(text, players, params, { atMost: description.maxTokens ?? Infinity });
    resolveTargets(request, description, 0);
    return candidates?.length ?? null;
  }
  if (description.image !== undefined) {
    takeImage(input);
    chooseGame(params, description);
    resolveTargets(request, description, 0);
    return null;
  }
  takeRow(input, description);
  const { players } = chooseGame(params, description);
  const groups = players === 'groups' ? readColumnGroups(params.groups ?? [], description.features) : null;
  checkBackground(params, description);
  resolveTargets(request, description, 0);
  return groups?.length ?? description.features.length;
}
