import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainInput, PromptInput } from '../contract/explainer.js';

/**
 * The prompt of a request for a language model; null where it is to read a text and not to go on.
 *
 * @throws ExplainProblem INPUT_KIND_MISMATCH for columns
 */
export function takePrompt(input: ExplainInput): PromptInput | null {
  if ('prompt' in input) return input;
  if ('text' in input) return null;
  const remedy = 'Send { "text": … }, { "prompt": …, "generate": { "maxTokens": … } }, or { "prompt": …, "completion": … }.';
  throw new ExplainProblem('INPUT_KIND_MISMATCH', 'a language model reads a text or a prompt, and the input has columns', '/input', remedy);
}
