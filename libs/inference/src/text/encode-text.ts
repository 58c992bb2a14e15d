import { ExplainProblem, type Span, type TextEncoding } from '#explainers';
import { mapToUtf16 } from './to-utf16.js';
import type { RawEncoding } from './tokenizer-thread.js';

/** A high surrogate without its low one, or the other way round. */
const loneSurrogate = /\p{Surrogate}/u;

/**
 * The tokenizer drops NUL and takes lone surrogates in silence, so that its offsets would point elsewhere.
 *
 * @throws ExplainProblem TEXT_INVALID
 */
export function checkText(text: string): void {
  if (text.includes('\0')) throw new ExplainProblem('TEXT_INVALID', `the text has a NUL character at ${text.indexOf('\0')}`);
  const lone = text.search(loneSurrogate);
  if (lone >= 0) throw new ExplainProblem('TEXT_INVALID', `the text has half a surrogate pair at ${lone}`);
}

/**
 * Turns a tokenizer's answer into an encoding of at most `maxTokens` tokens. What is cut is the end of the text: the
 * special tokens that stand before and behind it stay, as transformers' `longest_first` truncation of one text leaves
 * them.
 *
 * @throws ExplainProblem MODEL_UNSUPPORTED where the special tokens alone are more than the model reads
 */
export function cutEncoding(text: string, raw: RawEncoding, maxTokens: number): TextEncoding {
  const length = raw.ids.length;
  const utf16 = mapToUtf16(text);
  const place = (codePoint: number): number => (utf16 === null ? codePoint : (utf16[codePoint] ?? text.length));
  const offset = (token: number): Span => [place(raw.codePoints[2 * token] ?? 0), place(raw.codePoints[2 * token + 1] ?? 0)];
  const isSpecial = (token: number): boolean => raw.special[token] === 1;

  let kept = Array.from({ length }, (_, token) => token);
  let cutFrom: number | null = null;
  if (length > maxTokens) {
    let tail = length;
    while (tail > 0 && isSpecial(tail - 1)) tail--;
    const first = kept.findIndex((token) => !isSpecial(token));
    const firstCut = maxTokens - (length - tail);
    if (firstCut <= Math.max(first, 0))
      throw new ExplainProblem(
        'MODEL_UNSUPPORTED',
        `the model reads ${maxTokens} tokens, which leaves no room for text beside its special tokens`,
      );
    cutFrom = offset(firstCut)[0];
    kept = [...kept.slice(0, firstCut), ...kept.slice(tail)];
  }
  return {
    ids: Int32Array.from(kept, (token) => raw.ids[token] ?? 0),
    tokens: kept.map((token) => raw.tokens[token] ?? ''),
    offsets: kept.map((token) => (isSpecial(token) ? [0, 0] : offset(token))),
    special: kept.map(isSpecial),
    cutFrom,
  };
}
