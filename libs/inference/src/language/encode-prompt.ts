import { ExplainProblem, type Span, type TextEncoding } from '#explainers';
import { cutEncoding } from '../text/encode-text.js';
import type { RawEncoding } from '../text/tokenizer-thread.js';

/**
 * A text as something to go on with: without the special tokens that the tokenizer puts behind a text.
 *
 * @param leading special tokens that the tokenizer puts before a text
 */
export function encodePrompt(text: string, raw: RawEncoding, leading: number): TextEncoding {
  const encoding = cutEncoding(text, raw, Infinity);
  const last = encoding.special.lastIndexOf(false);
  return takeTokens(encoding, 0, last < 0 ? Math.min(leading, encoding.ids.length) : last + 1);
}

/** Special tokens that a tokenizer puts before a text. */
export function countLeading({ special }: RawEncoding): number {
  const first = special.indexOf(0);
  return first < 0 ? 0 : first;
}

/**
 * What follows a prompt: the tokens of the joined text behind those of the prompt.
 *
 * @param joined encoding of prompt + continuation
 * @param own encoding of the prompt
 * @throws ExplainProblem PARAM_INVALID where the joined text does not begin with the prompt's tokens
 */
export function takeContinuation(prompt: string, continuation: string, joined: TextEncoding, own: TextEncoding): TextEncoding {
  const from = own.ids.length;
  const crossing = own.ids.findIndex((id, at) => joined.ids[at] !== id);
  if (crossing >= 0) {
    // Where the tokens part, and the one that the border runs through, can be several tokens before the prompt's last.
    const found = findAt(joined, prompt.length) ?? joined.tokens[crossing];
    throw new ExplainProblem(
      'PARAM_INVALID',
      `the prompt ends in the token ${quoteToken(own.tokens.at(-1))}, and with ${JSON.stringify(continuation.slice(0, 40))} behind it ` +
        `the text has ${quoteToken(found)} there: no token begins where the continuation does`,
      '/input/completion',
      /\s$/.test(prompt)
        ? 'Move the space from the end of the prompt to the beginning of the continuation.'
        : 'Let the continuation begin where a word begins, with the space before it, such as " She".',
    );
  }
  const place = (at: number): number => Math.min(Math.max(at - prompt.length, 0), continuation.length);
  const rest = takeTokens(joined, from, joined.ids.length);
  return { ...rest, offsets: rest.offsets.map(([start, end]): Span => [place(start), place(end)]) };
}

/** The token that holds the characters on both sides of a border. */
function findAt({ tokens, offsets }: TextEncoding, border: number): string | undefined {
  return tokens[offsets.findIndex(([start, end]) => start < border && end > border)];
}

function quoteToken(token: string | undefined): string {
  return token === undefined ? 'no token' : JSON.stringify(token);
}

function takeTokens({ ids, tokens, offsets, special }: TextEncoding, from: number, to: number): TextEncoding {
  return {
    ids: ids.slice(from, to),
    tokens: tokens.slice(from, to),
    offsets: offsets.slice(from, to),
    special: special.slice(from, to),
    cutFrom: null,
  };
}
