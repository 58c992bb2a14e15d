import type { ExplainInput, Plan } from '../../contract/explainer.js';
import type { EncoderDecoderModel } from '../../contract/encoder-decoder-model.js';
import { openText, planText } from '../attended-text.js';
import type { AttentionParams } from '../attention-params.js';
import { describeTokens } from '../describe-tokens.js';
import { takeSource } from './check-encoder-decoder.js';
import { openOutput } from './open-output.js';

/** Tokens of the source and those that an output begins with, and a pass of the whole model for each token of the output at most. */
export function planEncoderDecoder(input: ExplainInput, { kind }: AttentionParams, model: EncoderDecoderModel): Plan {
  if (kind === 'encoder') return planText(openText(input, model.encoder));
  const source = takeSource(input);
  const { before, count } = openOutput(source, model);
  return { features: describeTokens(source.prompt, before), estimatedEvaluations: count, estimatedModelRows: count, warnings: [] };
}
