import { ExplainProblem } from '../../contract/explain-problem.js';
import type { ExplainContext, ExplainRequest, PromptInput } from '../../contract/explainer.js';
import type { ExplainerOutput } from '../../contract/explanation.js';
import type { EncoderDecoderModel } from '../../contract/encoder-decoder-model.js';
import { chooseToken, readOn } from '../attend-prompt.js';
import type { AttentionParams } from '../attention-params.js';
import { AttentionRecord } from '../attention-record.js';
import type { AttentionResult } from '../attention-result.js';
import { describeContinuation } from '../describe-continuation.js';
import { findSeparators } from '../describe-tokens.js';
import { chooseHeads } from '../head-choice.js';
import { TokenLog } from '../token-log.js';
import { openOutput } from './open-output.js';

/**
 * What a decoder looks at when it chooses each token of an output, be it its own or one that was given.
 *
 * @param kind cross: in the source; causal-self: among the tokens of the output
 */
export async function attendOutput(
  request: ExplainRequest<AttentionParams> & { readonly input: PromptInput },
  kind: 'cross' | 'causal-self',
  model: EncoderDecoderModel,
  context: ExplainContext,
): Promise<ExplainerOutput> {
  const { params, input } = request;
  const { source, before, completion, count } = openOutput(input, model);
  const { startTokens } = model;
  const crosses = kind === 'cross';
  const keysOf = (tokens: number): number => (crosses ? source.ids.length : startTokens.length + tokens - 1);
  const log = new TokenLog(model, startTokens, params.rivals);
  const reader = { model, log, context };
  let record: AttentionRecord | null = null;
  let ended = false;
  for await (const { logits, attention, row } of readOn(
    { encoding: { ids: startTokens }, completion, count },
    model.begin(source.ids),
    reader,
  )) {
    if (context.cancellation.aborted) throw new ExplainProblem('CANCELLED', 'the run was stopped');
    const layers = attention.filter((layer) => layer.kind === kind);
    record ??= new AttentionRecord(
      chooseHeads(params, layers),
      { rows: count, keys: keysOf(count), space: 'probability', encoding: params.encoding },
      crosses ? findSeparators(source) : [],
      layers,
    );
    const step = log.length;
    const id = completion?.ids[step] ?? chooseToken(request, logits, step);
    record.add(startTokens.length - 1 + step, layers, row);
    log.add(id, logits);
    context.report({ done: log.length, total: count, phase: completion === null ? 'generating' : 'reading' });
    ended = completion === null && model.endTokens.includes(id);
    if (ended) break;
  }
  if (record === null) throw new ExplainProblem('MODEL_RUN_FAILED', 'the model read nothing');
  const generated = log.list();
  const { result, tensor } = record.conclude(keysOf(generated.length));
  const stop = completion !== null ? 'completion' : ended ? 'end-token' : 'max-tokens';
  const described: AttentionResult = {
    ...result,
    // The record counts tokens of the output, and these follow those of the source among the features.
    queries: result.queries.map((position) => source.ids.length + position),
    ...(crosses ? {} : { keysFrom: source.ids.length }),
    generated: [...generated],
    text: generated.map(({ token }) => token).join(''),
    stop,
  };
  const open = { encoding: before, completion, count };
  return { ...describeContinuation(input, open, generated, model.modelRows), result: described, tensors: [tensor] };
}
