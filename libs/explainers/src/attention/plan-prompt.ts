import type { Plan, PromptInput } from '../contract/explainer.js';
import type { LanguageModel } from '../contract/model.js';
import { describeTokens } from './describe-tokens.js';
import { openPrompt } from './open-prompt.js';

/** Tokens of the prompt, and a pass of the model for each token after it at most: a completion that is read in one takes fewer. */
export function planPrompt(input: PromptInput, model: LanguageModel): Plan {
  const { encoding, count } = openPrompt(input, model);
  return { features: describeTokens(input.prompt, encoding), estimatedEvaluations: count, estimatedModelRows: count, warnings: [] };
}
