import { createHash, createHmac } from 'node:crypto';
import { cutWords, spreadWord } from './cut-words.js';

/** Distinct words of one input that are kept for searching. */
export const MAX_INDEXED_WORDS = 2000;
/** Distinct words of one query. */
export const MAX_QUERY_WORDS = 16;

/** What an input is found by. */
export interface InputTerms {
  /** One number per distinct word, at most MAX_INDEXED_WORDS; 64 bits, signed. */
  readonly terms: readonly bigint[];
  /** False when the input has more words, and the later ones are not among the terms. */
  readonly complete: boolean;
}

/**
 * Terms of the words in an input: of its text, or of every string among its values. A term is the first 64 bits of
 * HMAC-SHA256(search key, word), so that words do not rest in the clear and a database without its keys cannot be searched for them.
 */
export function indexInput(searchKey: Uint8Array, input: unknown): InputTerms {
  const words = new Set<string>();
  for (const text of textsOf(input))
    for (const word of cutWords(text))
      for (const part of spreadWord(word)) {
        if (words.has(part)) continue;
        if (words.size === MAX_INDEXED_WORDS) return { terms: toTerms(searchKey, words), complete: false };
        words.add(part);
      }
  return { terms: toTerms(searchKey, words), complete: true };
}

/**
 * Terms of an explanation: of the words in its input, of which a picture has none, then of the text that a model went on with after a prompt.
 *
 * @param result the method's own part; its `text` follows the prompt, so that a word across the border is found as it reads
 */
export function indexExplanation(searchKey: Uint8Array, input: unknown, result: unknown): InputTerms {
  if (typeof input === 'object' && input !== null && 'image' in input) return { terms: [], complete: true };
  const prompt = readText(input, 'prompt');
  const followed = readText(result, 'text');
  return indexInput(searchKey, prompt === null || followed === null ? input : [input, prompt + followed]);
}

/** Terms an input must have to match a query: one per distinct word. Empty when the query holds no word. */
export function queryTerms(searchKey: Uint8Array, query: string): bigint[] {
  return toTerms(searchKey, new Set(cutWords(query)));
}

/**
 * Term of a plain property of an explanation or a job, which stands readable in its row: the first 64 bits of SHA-256. The
 * database computes the same in `facet_term`.
 */
export function facetTerm(kind: 'model' | 'version' | 'method' | 'actor' | 'class' | 'label', value: string, name = ''): bigint {
  const digest = createHash('sha256')
    .update(`${kind}:${Buffer.byteLength(name)}:${name}${value}`, 'utf8')
    .digest();
  return digest.readBigInt64BE(0);
}

function toTerms(searchKey: Uint8Array, words: Iterable<string>): bigint[] {
  return Array.from(words, (word) => createHmac('sha256', searchKey).update(word, 'utf8').digest().readBigInt64BE(0));
}

function readText(value: unknown, name: string): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const text: unknown = Object.entries(value).find(([key]) => key === name)?.[1];
  return typeof text === 'string' ? text : null;
}

function* textsOf(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) yield* textsOf(item);
}
