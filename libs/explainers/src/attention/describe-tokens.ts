import type { Feature, Warning } from '../contract/explanation.js';
import type { Span, TextEncoding } from '../contract/model.js';

/** Every token as a feature, special ones with their name and an empty span. */
export function describeTokens(text: string, encoding: TextEncoding): readonly Feature[] {
  return encoding.offsets.map((span, token) => ({
    text: encoding.special[token] === true ? (encoding.tokens[token] ?? '') : text.slice(...span),
    span,
    tokens: [token],
  }));
}

/** The part of a text that its model could not see. */
export function findUnseen(text: string, { cutFrom }: TextEncoding): readonly Span[] {
  return cutFrom === null ? [] : [[cutFrom, text.length]];
}

export function warnOfUnseen(unseen: readonly Span[], maxTokens: number | null): readonly Warning[] {
  return unseen.map(([from, to]) => ({
    code: 'TOKENS_TRUNCATED',
    message:
      `The model reads at most ${maxTokens ?? 'a fixed number of'} tokens. Positions ${from} to ${to} of the text were not seen by it and are listed as ` +
      'unexplained. Explain the rest in a request of its own.',
  }));
}

/** Places of the special tokens behind the first: they end or divide texts. */
export function findSeparators({ special }: TextEncoding): readonly number[] {
  return special.flatMap((isSpecial, token) => (isSpecial && token > 0 ? [token] : []));
}
