import type { PromptInput } from '../contract/explainer.js';
import type { ExplainerOutput, Feature } from '../contract/explanation.js';
import type { GeneratedToken } from './attention-result.js';
import { describeReading } from './describe-reading.js';
import { describeTokens } from './describe-tokens.js';
import type { OpenPrompt } from './open-prompt.js';

/** Everything of a continuation but its attention: the tokens of the prompt and after it are the features, their spans in both texts together. */
export function describeContinuation(
  { prompt }: PromptInput,
  { encoding, count }: OpenPrompt,
  generated: readonly GeneratedToken[],
  modelRows: number,
): ExplainerOutput {
  const features = [...describeTokens(prompt, encoding), ...describeGenerated(prompt.length, encoding.ids.length, generated)];
  return describeReading(features, { evaluations: generated.length, modelRows, budget: count });
}

function describeGenerated(start: number, firstToken: number, generated: readonly GeneratedToken[]): readonly Feature[] {
  let end = start;
  return generated.map(({ token }, step) => {
    const from = end;
    end += token.length;
    return { text: token, span: [from, end], tokens: [firstToken + step] };
  });
}
