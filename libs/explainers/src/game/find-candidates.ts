import { segmentText, type PlayerCandidate } from '#attribution';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { GameParams, PlayerKind } from './game-params.js';
import { readSpanGroups } from './read-groups.js';

/**
 * The parts of a text that may become players, without a tokenizer.
 *
 * @param atMost stops after so many, where only their number matters
 * @param before leaves out those that start at or behind this position, which the model does not see
 * @returns null for tokens, which only the tokenizer knows
 * @throws ExplainProblem TEXT_EMPTY when there is no such part, GROUP_INVALID
 */
export function findCandidates(
  text: string,
  players: PlayerKind,
  params: Pick<GameParams, 'groups'>,
  atMost = Infinity,
  before = Infinity,
): readonly PlayerCandidate[] | null {
  if (text.trim() === '') throw new ExplainProblem('TEXT_EMPTY', 'the text is empty', '/input/text', 'Send a text to explain.');
  if (players === 'tokens') return null;
  if (players === 'groups') return readSpanGroups(params.groups ?? [], text);
  if (players === 'columns' || players === 'windows') throw new RangeError(`a text has no ${players}`);
  const spans = segmentText(text, players, atMost, before);
  if (spans.length === 0) {
    const remedy = 'Send a text with letters or digits, or play with characters.';
    throw new ExplainProblem('TEXT_EMPTY', `the text has no ${players}`, '/input/text', remedy);
  }
  return spans.map((span) => ({ name: null, spans: [span] }));
}
