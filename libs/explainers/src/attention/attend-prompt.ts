import type { ExplainContext, ExplainRequest, PromptInput } from '../contract/explainer.js';
import type { ExplainerOutput } from '../contract/explanation.js';
import type { LanguageModel } from '../contract/model.js';
import type { AttentionParams } from './attention-params.js';
import { checkRoom } from './check-room.js';
import { chooseNumbers } from './choose-numbers.js';
import { describeContinuation } from './describe-continuation.js';
import { findSeparators } from './describe-tokens.js';
import { followTokens } from './follow-tokens.js';
import { openPrompt } from './open-prompt.js';

/** What a language model looks at when it chooses each token after a prompt, be it its own or one that was given. */
export async function attendPrompt(
  request: ExplainRequest<AttentionParams> & { readonly input: PromptInput },
  model: LanguageModel,
  context: ExplainContext,
): Promise<ExplainerOutput> {
  const prompt = openPrompt(request.input, model);
  const first = prompt.encoding.ids;
  await checkRoom(request.params, { rows: prompt.count, keys: first.length + prompt.count - 1 }, model);
  const separators = findSeparators(prompt.encoding);
  const sequence = model.begin(chooseNumbers(request.params), separators);
  const following = {
    ...prompt,
    model,
    sequence,
    first,
    separators,
    keeps: () => true,
    keysOf: (tokens: number) => first.length + tokens - 1,
  };
  const { generated, result, tensor } = await followTokens(request, following, context);
  return { ...describeContinuation(request.input, prompt, generated, model.modelRows), result, tensors: [tensor] };
}
