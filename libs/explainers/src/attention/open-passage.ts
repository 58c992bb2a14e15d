import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainInput, Plan } from '../contract/explainer.js';
import type { Feature } from '../contract/explanation.js';
import type { LanguageModel, TextEncoding } from '../contract/model.js';
import { takeText } from '../game/take-input.js';
import { describeTokens } from './describe-tokens.js';
import { countPieces } from './read-passage.js';

/** A text that a language model reads without going on with it. */
export interface Passage {
  readonly encoding: TextEncoding;
  /** One per token, special ones included. */
  readonly features: readonly Feature[];
  /** Of every token. */
  readonly positions: readonly number[];
}

/** @throws ExplainProblem INPUT_KIND_MISMATCH, TEXT_INVALID, TEXT_EMPTY or CONTEXT_EXCEEDED: nothing is cut */
export function openPassage(input: ExplainInput, model: LanguageModel): Passage {
  const text = takeText(input);
  const encoding = model.encode(text);
  const tokens = encoding.ids.length;
  if (tokens === 0) throw new ExplainProblem('TEXT_EMPTY', 'the text has no token', '/input/text', 'Send a text with something in it.');
  if (tokens > (model.contextLength ?? Infinity)) {
    const detail = `the text has ${tokens} tokens, and the model reads ${model.contextLength ?? ''}`;
    throw new ExplainProblem('CONTEXT_EXCEEDED', detail, '/input/text', 'Send a shorter text.');
  }
  return { encoding, features: describeTokens(text, encoding), positions: encoding.tokens.map((_, position) => position) };
}

export function planPassage({ features }: Passage): Plan {
  return { features, estimatedEvaluations: 1, estimatedModelRows: countPieces(features.length), warnings: [] };
}
