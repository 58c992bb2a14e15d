import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainContext, ExplainRequest } from '../contract/explainer.js';
import type { Tensor } from '../contract/explanation.js';
import type { LanguageModel, LayerAttention } from '../contract/model.js';
import type { AttentionParams } from './attention-params.js';
import { AttentionRecord } from './attention-record.js';
import type { AttentionResult, GeneratedToken } from './attention-result.js';
import { chooseToken } from './choose-token.js';
import { expectGoing } from './expect-going.js';
import { chooseHeads } from './head-choice.js';
import { readOn, type ReadingOn } from './read-on.js';
import { TokenLog } from './token-log.js';

/** A text that goes on, token by token. */
export interface Following extends ReadingOn {
  readonly model: Pick<LanguageModel, 'outputs' | 'endTokens' | 'spell' | 'nameOf'>;
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
  for await (const { logits, attention, row } of readOn(following, log, true, context)) {
    expectGoing(context);
    if (attention === null) throw new ExplainProblem('ATTENTION_UNAVAILABLE', 'the model gave no attention');
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
