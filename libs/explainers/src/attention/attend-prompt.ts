import { drawToken, rankTokens } from '#attribution';
import { Random } from '#numeric';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainContext, ExplainRequest, PromptInput, TokenSampling } from '../contract/explainer.js';
import type { ExplainerOutput } from '../contract/explanation.js';
import type { LanguageModel, LayerAttention, ReadTokens, TokenSequence } from '../contract/model.js';
import type { AttentionParams } from './attention-params.js';
import { AttentionRecord } from './attention-record.js';
import type { AttentionResult } from './attention-result.js';
import { chooseNumbers } from './choose-numbers.js';
import { describeContinuation } from './describe-continuation.js';
import { findSeparators, listSeparators } from './describe-tokens.js';
import { chooseHeads } from './head-choice.js';
import { openPrompt, type OpenPrompt } from './open-prompt.js';
import { TokenLog } from './token-log.js';

/** Stage of the random numbers that tokens are drawn with. */
const DRAW_TOKENS = 0x61_74;
/** Logits that are held at once at most: those of a completion are read in pieces. */
const LOGITS_AT_ONCE = 2 ** 23;

/** What a language model looks at when it chooses each token after a prompt, be it its own or one that was given. */
export async function attendPrompt(
  request: ExplainRequest<AttentionParams> & { readonly input: PromptInput },
  model: LanguageModel,
  context: ExplainContext,
): Promise<ExplainerOutput> {
  const prompt = openPrompt(request.input, model);
  const { space } = request.params;
  const { encoding, completion, count } = prompt;
  const log = new TokenLog(model, encoding.ids, request.params.rivals);
  const separators = findSeparators(encoding);
  let record: AttentionRecord | null = null;
  let ended = false;
  const sequence = model.begin(chooseNumbers(request.params), listSeparators(separators));
  for await (const { logits, attention, row } of readOn(prompt, sequence, { model, log, context })) {
    expectGoing(context);
    record ??= new AttentionRecord(
      chooseHeads(request.params, attention),
      { rows: count, keys: encoding.ids.length + count - 1, space, encoding: space === 'score' ? 'exact' : request.params.encoding },
      separators,
      attention,
    );
    const step = log.length;
    const id = completion?.ids[step] ?? chooseToken(request, logits, step);
    record.add(encoding.ids.length - 1 + step, attention, row);
    log.add(id, logits);
    context.report({ done: log.length, total: count, phase: completion === null ? 'generating' : 'reading' });
    ended = completion === null && model.endTokens.includes(id);
    if (ended) break;
  }
  if (record === null) throw new ExplainProblem('MODEL_RUN_FAILED', 'the model read nothing');
  const generated = log.list();
  const { result, tensor } = record.conclude(encoding.ids.length + generated.length - 1);
  const stop = completion !== null ? 'completion' : ended ? 'end-token' : 'max-tokens';
  const described: AttentionResult = { ...result, generated: [...generated], text: generated.map(({ token }) => token).join(''), stop };
  return { ...describeContinuation(request.input, prompt, generated, model.modelRows), result: described, tensors: [tensor] };
}

interface ReadStep {
  readonly logits: Float32Array;
  readonly attention: readonly LayerAttention[];
  readonly row: number;
}

interface Reader {
  readonly model: Pick<LanguageModel, 'outputs'>;
  /** Tokens that have followed, which the caller adds. */
  readonly log: TokenLog;
  readonly context: ExplainContext;
}

/** One step for each token after the prompt: what the model makes of all tokens before it. */
export async function* readOn(
  { encoding, completion, count }: Pick<OpenPrompt, 'completion' | 'count'> & { readonly encoding: { readonly ids: Int32Array } },
  sequence: TokenSequence,
  { model, log, context }: Reader,
): AsyncGenerator<ReadStep> {
  const { ids: prompt } = encoding;
  while (prompt.length - sequence.length > sequence.atOnce) {
    await sequence.read(prompt.subarray(sequence.length, sequence.length + sequence.atOnce), 1, false);
    expectGoing(context);
    context.report({ done: sequence.length, total: prompt.length, phase: 'reading the prompt' });
  }
  let read = await sequence.read(prompt.subarray(sequence.length), 1, true);
  yield takeStep(read, 0, model.outputs);
  const atOnce = completion === null ? 1 : Math.max(1, Math.floor(LOGITS_AT_ONCE / model.outputs));
  while (log.length < count) {
    const from = log.length - 1;
    const ids = completion?.ids.subarray(from, Math.min(from + atOnce, count - 1)) ?? Int32Array.of(log.lastId);
    read = await sequence.read(ids, ids.length, true);
    for (let row = 0; row < ids.length; row++) yield takeStep(read, row, model.outputs);
  }
}

function expectGoing({ cancellation }: ExplainContext): void {
  if (cancellation.aborted) throw new ExplainProblem('CANCELLED', 'the run was stopped');
}

function takeStep({ logits, attention }: ReadTokens, row: number, vocabulary: number): ReadStep {
  if (attention === null) throw new ExplainProblem('ATTENTION_UNAVAILABLE', 'the model gave no attention');
  return { logits: logits.subarray(row * vocabulary, (row + 1) * vocabulary), attention, row };
}

/** The token that follows: the likeliest, or one drawn from the seed of the request. */
export function chooseToken({ input, seed }: ExplainRequest<unknown>, logits: Float32Array, step: number): number {
  const sampling = 'generate' in input ? input.generate.sampling : 'greedy';
  if (sampling === 'greedy') return rankTokens(logits, 1)[0] ?? 0;
  return drawToken(logits, sampling satisfies TokenSampling, new Random(seed, DRAW_TOKENS, step, 0));
}
