import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainContext, ExplainRequest } from '../contract/explainer.js';
import type { Tensor } from '../contract/explanation.js';
import type { LanguageModel, LayerAttention, ReadTokens, TokenSequence } from '../contract/model.js';
import type { AttentionParams } from './attention-params.js';
import { AttentionRecord } from './attention-record.js';
import type { AttentionResult, GeneratedToken } from './attention-result.js';
import { chooseToken } from './choose-token.js';
import { expectGoing } from './expect-going.js';
import { chooseHeads } from './head-choice.js';
import type { OpenPrompt } from './open-prompt.js';
import { TokenLog } from './token-log.js';

/** Logits that are held at once at most: those of a completion are read in pieces. */
const LOGITS_AT_ONCE = 2 ** 23;

/** A text that goes on, token by token. */
export interface Following extends Pick<OpenPrompt, 'completion' | 'count'> {
  readonly model: Pick<LanguageModel, 'outputs' | 'endTokens' | 'spell' | 'nameOf'>;
  /** Of no token yet. */
  readonly sequence: TokenSequence;
  /** What is read before the first token that follows; at least one. */
  readonly first: Int32Array;
  /** Keys that separate texts. */
  readonly separators: readonly number[];
  /** Which layers of the model are kept. */
  readonly keeps: (layer: LayerAttention) => boolean;
  /** Keys of the row of the last token where so many have followed. */
  readonly keysOf: (tokens: number) => number;
}

export interface Followed {
  readonly generated: readonly GeneratedToken[];
  readonly result: AttentionResult;
  readonly tensor: Tensor;
}

/**
 * Reads on, and keeps what the model looked at when each token was chosen.
 *
 * @throws ExplainProblem CANCELLED, PARAM_INVALID for layers and heads that are not there, or as `TokenSequence.read`
 */
export async function followTokens(
  request: ExplainRequest<AttentionParams>,
  following: Following,
  context: ExplainContext,
): Promise<Followed> {
  const { params } = request;
  const { model, first, completion, count, separators, keeps, keysOf } = following;
  const log = new TokenLog(model, first, params.rivals);
  let record: AttentionRecord | null = null;
  let ended = false;
  for await (const { logits, attention, row } of readOn(following, log, context)) {
    expectGoing(context);
    const layers = attention.filter(keeps);
    record ??= new AttentionRecord(chooseHeads(params, layers), { rows: count, keys: keysOf(count), ...params }, separators, layers);
    const step = log.length;
    const id = completion?.ids[step] ?? chooseToken(request, logits, step);
    record.add(first.length - 1 + step, layers, row);
    log.add(id, logits);
    context.report({ done: log.length, total: count, phase: completion === null ? 'generating' : 'reading' });
    ended = completion === null && model.endTokens.includes(id);
    if (ended) break;
  }
  if (record === null) throw new ExplainProblem('MODEL_RUN_FAILED', 'the model read nothing');
  const generated = log.list();
  const { result, tensor } = record.conclude(keysOf(generated.length));
  const stop = completion !== null ? 'completion' : ended ? 'end-token' : 'max-tokens';
  const text = generated.map(({ token }) => token).join('');
  return { generated, result: { ...result, generated: [...generated], text, stop }, tensor };
}

interface ReadStep {
  readonly logits: Float32Array;
  readonly attention: readonly LayerAttention[];
  readonly row: number;
}

/** One step for each token that follows: what the model makes of all tokens before it. */
async function* readOn(
  { first, completion, count, sequence, model }: Following,
  log: TokenLog,
  context: ExplainContext,
): AsyncGenerator<ReadStep> {
  while (first.length - sequence.length > sequence.atOnce) {
    await sequence.read(first.subarray(sequence.length, sequence.length + sequence.atOnce), 1, false);
    expectGoing(context);
    context.report({ done: sequence.length, total: first.length, phase: 'reading the prompt' });
  }
  let read = await sequence.read(first.subarray(sequence.length), 1, true);
  yield takeStep(read, 0, model.outputs);
  const atOnce = completion === null ? 1 : Math.max(1, Math.floor(LOGITS_AT_ONCE / model.outputs));
  while (log.length < count) {
    const from = log.length - 1;
    const ids = completion?.ids.subarray(from, Math.min(from + atOnce, count - 1)) ?? Int32Array.of(log.lastId);
    read = await sequence.read(ids, ids.length, true);
    for (let row = 0; row < ids.length; row++) yield takeStep(read, row, model.outputs);
  }
}

function takeStep({ logits, attention }: ReadTokens, row: number, vocabulary: number): ReadStep {
  if (attention === null) throw new ExplainProblem('ATTENTION_UNAVAILABLE', 'the model gave no attention');
  return { logits: logits.subarray(row * vocabulary, (row + 1) * vocabulary), attention, row };
}
