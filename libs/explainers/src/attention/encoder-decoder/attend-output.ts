import type { ExplainContext, ExplainRequest, PromptInput } from '../../contract/explainer.js';
import type { ExplainerOutput } from '../../contract/explanation.js';
import type { EncoderDecoderModel } from '../../contract/encoder-decoder-model.js';
import type { LayerAttention } from '../../contract/model.js';
import type { AttentionParams } from '../attention-params.js';
import type { AttentionResult } from '../attention-result.js';
import { describeContinuation } from '../describe-continuation.js';
import { findSeparators } from '../describe-tokens.js';
import { followTokens } from '../follow-tokens.js';
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
  const { source, before, completion, count } = openOutput(request.input, model);
  const { startTokens: first } = model;
  const crosses = kind === 'cross';
  const following = {
    ...{ model, first, completion, count, sequence: model.begin(source.ids) },
    separators: crosses ? findSeparators(source) : [],
    keeps: (layer: LayerAttention) => layer.kind === kind,
    keysOf: (tokens: number) => (crosses ? source.ids.length : first.length + tokens - 1),
  };
  const { generated, result, tensor } = await followTokens(request, following, context);
  const placed: AttentionResult = {
    ...result,
    // The record counts tokens of the output, and these follow those of the source among the features.
    queries: result.queries.map((position) => source.ids.length + position),
    ...(crosses ? {} : { keysFrom: source.ids.length }),
  };
  const open = { encoding: before, completion, count };
  return { ...describeContinuation(request.input, open, generated, model.modelRows), result: placed, tensors: [tensor] };
}
