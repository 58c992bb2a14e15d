import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainContext } from '../contract/explainer.js';
import type { AttentionNumbers, LanguageModel, LayerAttention } from '../contract/model.js';
import { expectGoing } from './expect-going.js';

/** Tokens of the first piece, before it is known how many layers and heads a model has. */
const FIRST_TOKENS = 64;
/** Logits, or numbers of attention, that are held at once at most: a longer text is read in pieces. */
const NUMBERS_AT_ONCE = 2 ** 23;

/** Some tokens of a text, and what the model made of each. */
export interface ReadPiece {
  /** Position of the first. */
  readonly from: number;
  readonly tokens: number;
  /** [tokens, vocabulary] of the token behind each. */
  readonly logits: Float32Array;
  /** `queries` = tokens, `keys` = tokens read so far. */
  readonly attention: readonly LayerAttention[];
}

/** Passes at least: of a large vocabulary, or many heads, there are more. */
export function countPieces(tokens: number): number {
  return tokens <= FIRST_TOKENS ? 1 : 2;
}

/**
 * Every token of a text, in pieces that bound the memory.
 *
 * @param ids at least one
 * @param what 'score': with the scores before the softmax; 'byte': rounded to bytes
 * @param separators tokens that separate texts, of which bytes are measured
 * @throws ExplainProblem CANCELLED, or as `TokenSequence.read`
 */
export async function* readPassage(
  ids: Int32Array,
  model: LanguageModel,
  context: ExplainContext,
  what: AttentionNumbers = 'probability',
  separators: readonly number[] = [],
): AsyncGenerator<ReadPiece> {
  const sequence = model.begin(what, separators);
  let numbers = Math.max(model.outputs, NUMBERS_AT_ONCE / FIRST_TOKENS);
  while (sequence.length < ids.length) {
    expectGoing(context);
    const from = sequence.length;
    const piece = ids.subarray(from, from + Math.max(1, Math.floor(NUMBERS_AT_ONCE / numbers)));
    const { logits, attention } = await sequence.read(piece, piece.length, true);
    if (attention === null) throw new ExplainProblem('ATTENTION_UNAVAILABLE', 'the model gave no attention');
    yield { from, tokens: piece.length, logits, attention };
    context.report({ done: sequence.length, total: ids.length, phase: 'reading' });
    const heads = attention.reduce((sum, layer) => sum + layer.heads, 0);
    numbers = Math.max(model.outputs, heads * ids.length);
  }
}
