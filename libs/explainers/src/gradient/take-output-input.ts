import { takeSource } from '../attention/encoder-decoder/check-encoder-decoder.js';
import type { ExplainInput, PromptInput } from '../contract/explainer.js';

/**
 * The source and its output, whose tokens are explained by gradients.
 *
 * @throws ExplainProblem INPUT_KIND_MISMATCH
 */
export function takeOutputInput(input: ExplainInput): PromptInput {
  return takeSource(input, '');
}
