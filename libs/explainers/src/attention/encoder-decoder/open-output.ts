import { ExplainProblem } from '../../contract/explain-problem.js';
import type { PromptInput } from '../../contract/explainer.js';
import type { EncoderDecoderModel } from '../../contract/encoder-decoder-model.js';
import type { TextEncoding } from '../../contract/model.js';
import { checkPrompt, type OpenPrompt } from '../open-prompt.js';

/** A source as its model reads it, and what is known of the output. */
export interface OpenOutput {
  readonly source: TextEncoding;
  /** What comes before the first token of the output: the source, and the tokens that the decoder begins with. */
  readonly before: OpenPrompt['encoding'];
  /** Tokens of the output; null where they are to be generated. */
  readonly completion: TextEncoding | null;
  /** Tokens of the output, start tokens left out: of the completion, or at most. */
  readonly count: number;
}

/** @throws ExplainProblem TEXT_INVALID, TEXT_EMPTY, or CONTEXT_EXCEEDED by a source or an output */
export function openOutput(input: PromptInput, model: EncoderDecoderModel): OpenOutput {
  checkPrompt(input);
  const source = model.encode(input.prompt);
  const { contextLength, startTokens } = model;
  const tokens = source.ids.length;
  if (tokens === 0) throw new ExplainProblem('TEXT_EMPTY', 'the source has no token', '/input/prompt', 'Send a prompt with text in it.');
  if (contextLength !== null && tokens > contextLength) {
    const detail = `the source has ${tokens} tokens, and the model reads ${contextLength}`;
    throw new ExplainProblem('CONTEXT_EXCEEDED', detail, '/input/prompt', 'Send a shorter prompt.');
  }
  const completion = 'completion' in input ? model.encodeOutput(input.completion) : null;
  const count = 'completion' in input ? (completion?.ids.length ?? 0) : input.generate.maxTokens;
  if (count === 0) throw new ExplainProblem('TEXT_EMPTY', 'the completion has no token', '/input/completion', 'Send what the output was.');
  // The last token is never read: nothing is asked about what follows it.
  if (contextLength !== null && startTokens.length + count - 1 > contextLength) {
    const detail = `the output has ${count} tokens behind the ${startTokens.length} it begins with; the model reads ${contextLength}`;
    const pointer = completion === null ? '/input/generate/maxTokens' : '/input/completion';
    throw new ExplainProblem('CONTEXT_EXCEEDED', detail, pointer, `There is room for ${contextLength - startTokens.length + 1}.`);
  }
  return { source, before: appendStart(source, model), completion, count };
}

function appendStart(source: TextEncoding, model: EncoderDecoderModel): TextEncoding {
  const start = [...model.startTokens];
  return {
    ids: Int32Array.from([...source.ids, ...start]),
    tokens: [...source.tokens, ...start.map((id) => model.nameOf(id))],
    offsets: [...source.offsets, ...start.map(() => [0, 0] as const)],
    special: [...source.special, ...start.map(() => true)],
    cutFrom: null,
  };
}
