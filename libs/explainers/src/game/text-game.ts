import { assignTokens, playTokens, shareTokens, type Coalitions, type TextPlayers } from '#attribution';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainRequest } from '../contract/explainer.js';
import type { Warning } from '../contract/explanation.js';
import type { TextEncoding, TextModel } from '../contract/model.js';
import { chooseGame, type GameChoice } from './choose-game.js';
import { describeTextPlayers, warnOfPlayers } from './describe-players.js';
import { findCandidates } from './find-candidates.js';
import type { GameParams } from './game-params.js';
import type { Game } from './game.js';
import { takeText } from './take-input.js';
import { maskText, type TextMasker } from './text-masker.js';

/**
 * A text as a game of its words, characters, tokens, sentences or named spans.
 *
 * @throws ExplainProblem what `checkGame` throws, TEXT_EMPTY when no player has a token, and what the masker cannot do
 */
export function openTextGame(request: ExplainRequest<GameParams>, model: TextModel): Game {
  const text = takeText(request.input);
  const choice = chooseGame(request.params, model.description);
  const encoding = model.encode(text);
  const cast = castPlayers(text, encoding, choice, request.params);
  const players = findPlaying(choice, cast);
  const playing = players.map((feature) => cast.players[feature]).filter((player) => player !== undefined);
  const masker = maskText(model, choice, request.params, text, encoding, playing);
  return {
    model,
    features: describeTextPlayers(text, cast),
    players,
    rowsPerCoalition: 1,
    coalitionsAtATime: 256,
    unexplained: cast.unexplained === null ? [] : [cast.unexplained],
    baseline: { players: choice.players, masker: choice.masker, ...masker.reference },
    warnings: warnOfPlayers(text, choice.players, cast, model.description.maxTokens),
    predictInput: () => model.predict([encoding.ids]),
    predict: (coalitions, from, to) => model.predict(maskCoalitions(masker, coalitions, from, to)),
    lateWarnings: (): readonly Warning[] => masker.warnings(),
  };
}

function castPlayers(text: string, encoding: TextEncoding, choice: GameChoice, params: GameParams): TextPlayers {
  const candidates = findCandidates(text, choice.players, params, { before: encoding.cutFrom ?? Infinity });
  if (candidates === null) return playTokens(text, encoding);
  return changesText(choice) ? shareTokens(text, encoding, candidates) : assignTokens(text, encoding, candidates);
}

/** Characters are deleted from the text itself: a token may be half absent. */
function changesText({ players, masker }: GameChoice): boolean {
  return players === 'characters' && masker === 'delete';
}

function findPlaying(choice: GameChoice, { players }: TextPlayers): readonly number[] {
  const indices = players.map((_, index) => index);
  const playing = changesText(choice) ? indices : indices.filter((index) => (players[index]?.tokens.length ?? 0) > 0);
  if (playing.length > 0) return playing;
  const remedy = 'Send a text with words the model knows, or play with other units.';
  throw new ExplainProblem('TEXT_EMPTY', `none of the text's ${choice.players} has a token`, '/input/text', remedy);
}

function maskCoalitions(masker: TextMasker, coalitions: Coalitions, from: number, to: number): readonly Int32Array[] {
  const present = new Uint8Array(coalitions.players);
  return Array.from({ length: to - from }, (_, index) => {
    coalitions.read(from + index, present);
    return masker.mask(present);
  });
}
