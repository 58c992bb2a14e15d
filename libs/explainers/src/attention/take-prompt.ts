import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainInput, PromptInput } from '../contract/explainer.js';

/** @throws ExplainProblem INPUT_KIND_MISMATCH for an input that is no prompt */
export function takePrompt(input: ExplainInput): PromptInput {
  if ('prompt' in input) return input;
  const has = 'text' in input ? 'a text' : 'columns';
  const remedy = 'Send { "prompt": …, "generate": { "maxTokens": … } }, or { "prompt": …, "completion": … }.';
  throw new ExplainProblem('INPUT_KIND_MISMATCH', `a language model goes on from a prompt, and the input has ${has}`, '/input', remedy);
}
