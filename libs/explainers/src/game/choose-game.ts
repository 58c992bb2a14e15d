import { ExplainProblem } from '../contract/explain-problem.js';
import type { ModelDescription } from '../contract/model-description.js';
import { nameModelOf } from '../contract/task.js';
import type { GameParams, MaskerKind, PlayerKind } from './game-params.js';

/** Who plays and what absence means, with the defaults of the task filled in. */
export interface GameChoice {
  readonly players: PlayerKind;
  readonly masker: MaskerKind;
}

const textPlayers: readonly PlayerKind[] = ['words', 'characters', 'tokens', 'sentences', 'groups'];
const rowPlayers: readonly PlayerKind[] = ['columns', 'groups'];
const textMaskers: readonly MaskerKind[] = ['mask-token', 'delete', 'replace'];
const rowMaskers: readonly MaskerKind[] = ['background', 'baseline-row'];
const picturePlayers: readonly PlayerKind[] = ['windows'];
const pictureMaskers: readonly MaskerKind[] = ['grey'];

/** True for a model that reads text. */
export function readsText({ task }: ModelDescription): boolean {
  return task === 'text-classification' || task === 'text-regression';
}

/**
 * Fills in the defaults of the task and refuses what does not go together. A parameter that would have no effect is
 * refused, never ignored.
 *
 * @throws ExplainProblem PLAYERS_UNSUPPORTED, MASKER_UNSUPPORTED, GROUP_INVALID, BACKGROUND_MISSING, PARAM_INVALID
 */
export function chooseGame(params: GameParams, description: ModelDescription): GameChoice {
  const { known, usual } = listChoices(description);
  const players = params.players ?? usual.players;
  const masker = params.masker ?? usual.masker;
  expectOneOf('PLAYERS_UNSUPPORTED', 'players', players, known.players, description);
  expectOneOf('MASKER_UNSUPPORTED', 'masker', masker, known.maskers, description);
  if (masker === 'mask-token' && description.maskToken === null) {
    const remedy = 'Use the masker delete, or replace with a filler of your own.';
    throw new ExplainProblem('MASKER_UNSUPPORTED', 'the tokenizer of this model has no mask token', '/params/masker', remedy);
  }
  checkCompanions(params, players, masker, description);
  return { players, masker };
}

interface Choices {
  readonly known: { readonly players: readonly PlayerKind[]; readonly maskers: readonly MaskerKind[] };
  readonly usual: GameChoice;
}

function listChoices(description: ModelDescription): Choices {
  if (readsText(description)) {
    const masker = description.maskToken === null ? 'delete' : 'mask-token';
    return { known: { players: textPlayers, maskers: textMaskers }, usual: { players: 'words', masker } };
  }
  if (description.image !== undefined)
    return { known: { players: picturePlayers, maskers: pictureMaskers }, usual: { players: 'windows', masker: 'grey' } };
  return { known: { players: rowPlayers, maskers: rowMaskers }, usual: { players: 'columns', masker: 'background' } };
}

function expectOneOf(
  code: 'PLAYERS_UNSUPPORTED' | 'MASKER_UNSUPPORTED',
  name: 'players' | 'masker',
  value: string,
  allowed: readonly string[],
  { task }: ModelDescription,
): void {
  if (allowed.includes(value)) return;
  throw new ExplainProblem(code, `${nameModelOf(task)} has no ${name} ${value}`, `/params/${name}`, `Use one of: ${allowed.join(', ')}.`);
}

function checkCompanions(params: GameParams, players: PlayerKind, masker: MaskerKind, description: ModelDescription): void {
  if (players === 'groups' && params.groups === undefined) {
    throw new ExplainProblem('GROUP_INVALID', 'the players are groups, and none is given', '/params/groups', 'Give at least one group.');
  }
  if (players !== 'groups' && params.groups !== undefined) refuseIdle('groups', `the players are ${players}`, 'players to groups');
  if (masker === 'replace' && params.replacement === undefined) {
    const remedy = 'Give the filler text, such as "thing".';
    throw new ExplainProblem('PARAM_INVALID', 'the masker replace needs a replacement', '/params/replacement', remedy);
  }
  if (masker !== 'replace' && params.replacement !== undefined) {
    refuseIdle('replacement', `the masker is ${masker}`, 'masker to replace');
  }
  if (masker !== 'background' && params.background !== undefined) {
    refuseIdle('background', `the masker is ${masker}`, 'masker to background');
  }
  if (masker === 'background' && params.background === undefined && description.backgroundRows === 0) {
    const remedy = 'Send background rows, or use the masker baseline-row.';
    throw new ExplainProblem('BACKGROUND_MISSING', 'the model has no background rows of its own', '/params/background', remedy);
  }
  if (masker === 'baseline-row' && params.baseline === undefined) {
    const remedy = 'Send the row as { "features": { … } }.';
    throw new ExplainProblem('BACKGROUND_MISSING', 'the masker baseline-row needs a baseline', '/params/baseline', remedy);
  }
  if (masker !== 'baseline-row' && params.baseline !== undefined) {
    refuseIdle('baseline', `the masker is ${masker}`, 'masker to baseline-row');
  }
}

function refuseIdle(name: string, because: string, change: string): never {
  const remedy = `Leave it out, or set ${change}.`;
  throw new ExplainProblem('PARAM_INVALID', `${name} would have no effect: ${because}`, `/params/${name}`, remedy);
}
