import type { ExplainContext, ExplainRequest } from '../../contract/explainer.js';
import type { ExplainerOutput } from '../../contract/explanation.js';
import type { EncoderDecoderModel } from '../../contract/encoder-decoder-model.js';
import { attendText } from '../attend-text.js';
import { openText } from '../attended-text.js';
import type { AttentionParams } from '../attention-params.js';
import { attendOutput } from './attend-output.js';
import { takeSource } from './check-encoder-decoder.js';

/** The attention of one kind of an encoder-decoder's layers: of its encoder for a text, else of its decoder while it writes an output. */
export function attendEncoderDecoder(
  request: ExplainRequest<AttentionParams>,
  model: EncoderDecoderModel,
  context: ExplainContext,
): Promise<ExplainerOutput> {
  const { input, params } = request;
  if (params.kind === 'encoder') return attendText(openText(input, model.encoder), params);
  const kind = params.kind === 'decoder' ? 'causal-self' : 'cross';
  return attendOutput({ ...request, input: takeSource(input) }, kind, model, context);
}
