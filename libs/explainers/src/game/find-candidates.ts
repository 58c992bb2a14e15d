import { segmentText, type PlayerCandidate } from '#attribution';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { GameParams, PlayerKind } from './game-params.js';
import { readSpanGroups } from './read-groups.js';

/** How far a text is cut into parts, and what to say where it has none. */
export interface CandidateBounds {
  /** Stops after so many, where only their number matters. */
  readonly atMost?: number;
  /** Leaves out those that start at or behind this position, which the model does not see. */
  readonly before?: number;
  /** What a text without such parts can be explained by in place of them, as the method has it. */
  readonly instead?: string;
}

/**
 * The parts of a text that may become players, without a tokenizer.
 *
 * @returns null for tokens, which only the tokenizer knows
 * @throws ExplainProblem TEXT_EMPTY when there is no such part, GROUP_INVALID
 */
export function findCandidates(
  text: string,
  players: PlayerKind,
  params: Pick<GameParams, 'groups'>,
  { atMost = Infinity, before = Infinity, instead = 'play with characters' }: CandidateBounds = {},
): readonly PlayerCandidate[] | null {
  if (text.trim() === '') throw new ExplainProblem('TEXT_EMPTY', 'the text is empty', '/input/text', 'Send a text to explain.');
  if (players === 'tokens') return null;
  if (players === 'groups') return readSpanGroups(params.groups ?? [], text);
  if (players === 'columns' || players === 'windows') throw new RangeError(`a text has no ${players}`);
  const spans = segmentText(text, players, atMost, before);
  if (spans.length === 0) {
    const remedy = `Send a text with letters or digits, or ${instead}.`;
    throw new ExplainProblem('TEXT_EMPTY', `the text has no ${players}`, '/input/text', remedy);
  }
  return spans.map((span) => ({ name: null, spans: [span] }));
}
