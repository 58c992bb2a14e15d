import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainRequest } from '../contract/explainer.js';
import { TabularModel, TextModel, type Model } from '../contract/model.js';
import type { GameParams } from './game-params.js';
import type { Game } from './game.js';
import { openTabularGame } from './tabular-game.js';
import { openTextGame } from './text-game.js';

/**
 * Makes a game of a request, as far as that is possible without asking the model.
 *
 * @throws ExplainProblem what `checkGame` throws, and what the tokenizer or the background reveals
 */
export async function openGame(request: ExplainRequest<GameParams>, model: Model): Promise<Game> {
  if (model instanceof TextModel) return openTextGame(request, model);
  if (model instanceof TabularModel) return openTabularGame(request, model);
  throw new ExplainProblem('METHOD_NOT_APPLICABLE', 'the method plays games on texts and rows, and this model reads neither', '/model');
}
