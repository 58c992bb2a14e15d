import { describeTokens } from '../attention/describe-tokens.js';
import { openOutput } from '../attention/encoder-decoder/open-output.js';
import type { EncoderDecoderModel } from '../contract/encoder-decoder-model.js';
import type { ExplainRequest, Plan } from '../contract/explainer.js';
import type { GradientParams } from './gradient-params.js';
import { nameOutputTokens } from './open-output-subject.js';
import { resolveTokenTargets } from './resolve-token-targets.js';
import { takeOutputInput } from './take-output-input.js';

/**
 * Tokens of the source and those that an output begins with; a pass for each token of the output at most, and the runs back.
 *
 * @param evaluations whose gradients are taken
 * @throws ExplainProblem as the input and the targets deserve
 */
export async function planOutput(request: ExplainRequest<GradientParams>, model: EncoderDecoderModel, evaluations: number): Promise<Plan> {
  const input = takeOutputInput(request.input);
  const { before, completion, count } = openOutput(input, model);
  const { startTokens: first } = model;
  // In the place of tokens that are yet to be generated stands token 0.
  const ids = Int32Array.from([...first, ...(completion?.ids ?? new Int32Array(count))]);
  await resolveTokenTargets(request, nameOutputTokens(model), { ids, promptLength: first.length, called: 'the output' });
  return {
    features: describeTokens(input.prompt, before),
    estimatedEvaluations: evaluations,
    estimatedModelRows: count + evaluations,
    warnings: [],
  };
}
