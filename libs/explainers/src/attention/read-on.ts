import type { ExplainContext } from '../contract/explainer.js';
import type { LanguageModel, LayerAttention, ReadTokens, TokenSequence } from '../contract/model.js';
import { expectGoing } from './expect-going.js';

/** Logits that are held at once at most: those of a completion are read in pieces. */
const LOGITS_AT_ONCE = 2 ** 23;

/** A text that is read, and goes on token by token. */
export interface ReadingOn {
  /** The tokens that follow; null where they are chosen. */
  readonly completion: { readonly ids: Int32Array } | null;
  /** How many follow, at most. */
  readonly count: number;
  readonly model: Pick<LanguageModel, 'outputs'>;
  /** Of no token yet. */
  readonly sequence: TokenSequence;
  /** What is read before the first token that follows; at least one. */
  readonly first: Int32Array;
}

/** What a model makes of all tokens before the next one. */
export interface ReadStep {
  /** Of the whole vocabulary. */
  readonly logits: Float32Array;
  /** Of a call that may have read several tokens; null where it was not asked for. */
  readonly attention: readonly LayerAttention[] | null;
  /** Which of them. */
  readonly row: number;
}

/**
 * One step for each token that follows. A long text is read in pieces, and so is a completion.
 *
 * @param log the tokens that followed so far; whoever reads adds one after each step
 * @param attends whether attention of the steps is wanted
 * @throws ExplainProblem CANCELLED, or as `TokenSequence.read`
 */
export async function* readOn(
  { first, completion, count, sequence, model }: ReadingOn,
  log: { readonly length: number; readonly lastId: number },
  attends: boolean,
  context: ExplainContext,
): AsyncGenerator<ReadStep> {
  while (first.length - sequence.length > sequence.atOnce) {
    await sequence.read(first.subarray(sequence.length, sequence.length + sequence.atOnce), 1, false);
    expectGoing(context);
    context.report({ done: sequence.length, total: first.length, phase: 'reading the prompt' });
  }
  let read = await sequence.read(first.subarray(sequence.length), 1, attends);
  yield takeStep(read, 0, model.outputs);
  const atOnce = completion === null ? 1 : Math.max(1, Math.floor(LOGITS_AT_ONCE / model.outputs));
  while (log.length < count) {
    const from = log.length - 1;
    const ids = completion?.ids.subarray(from, Math.min(from + atOnce, count - 1)) ?? Int32Array.of(log.lastId);
    read = await sequence.read(ids, ids.length, attends);
    for (let row = 0; row < ids.length; row++) yield takeStep(read, row, model.outputs);
  }
}

function takeStep({ logits, attention }: ReadTokens, row: number, vocabulary: number): ReadStep {
  return { logits: logits.subarray(row * vocabulary, (row + 1) * vocabulary), attention, row };
}
