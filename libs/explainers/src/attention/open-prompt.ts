import { ExplainProblem } from '../contract/explain-problem.js';
import type { PromptInput } from '../contract/explainer.js';
import type { LanguageModel, TextEncoding } from '../contract/model.js';
import { expectStorable } from '../game/take-input.js';

/** A prompt as its model reads it, and what is known of the tokens after it. */
export interface OpenPrompt {
  readonly encoding: TextEncoding;
  /** The completion's tokens; null where they are to be generated. */
  readonly completion: TextEncoding | null;
  /** Tokens after the prompt: of the completion, or at most. */
  readonly count: number;
}

/** @throws ExplainProblem TEXT_INVALID at the member that cannot be stored */
export function checkPrompt(input: PromptInput): void {
  expectStorable(input.prompt, '/input/prompt');
  if ('completion' in input) expectStorable(input.completion, '/input/completion');
}

/** @throws ExplainProblem TEXT_EMPTY where nothing precedes the first token, CONTEXT_EXCEEDED, and what a completion deserves */
export function openPrompt(input: PromptInput, model: LanguageModel): OpenPrompt {
  checkPrompt(input);
  const encoding = model.encode(input.prompt);
  const tokens = encoding.ids.length;
  if (tokens === 0) throw new ExplainProblem('TEXT_EMPTY', 'the prompt has no token', '/input/prompt', 'Send a prompt with text in it.');
  const completion = 'completion' in input ? model.encodeContinuation(input.prompt, input.completion) : null;
  const count = 'completion' in input ? (completion?.ids.length ?? 0) : input.generate.maxTokens;
  if (count === 0)
    throw new ExplainProblem('TEXT_EMPTY', 'the completion has no token', '/input/completion', 'Send what followed the prompt.');
  expectContext(tokens, count, model.contextLength, completion !== null);
  return { encoding, completion, count };
}

/** The last token is never read: nothing is asked about what follows it. */
function expectContext(prompt: number, count: number, context: number | null, isComplete: boolean): void {
  if (context === null || prompt + count - 1 <= context) return;
  const room = context - prompt + 1;
  if (room < 1) {
    const detail = `the prompt has ${prompt} tokens, and the model reads ${context}`;
    throw new ExplainProblem('CONTEXT_EXCEEDED', detail, '/input/prompt', 'Send a shorter prompt.');
  }
  const detail = `the prompt has ${prompt} tokens and the ${isComplete ? 'completion' : 'generation'} ${count}; the model reads ${context}`;
  const pointer = isComplete ? '/input/completion' : '/input/generate/maxTokens';
  throw new ExplainProblem('CONTEXT_EXCEEDED', detail, pointer, `After this prompt there is room for ${room}.`);
}
