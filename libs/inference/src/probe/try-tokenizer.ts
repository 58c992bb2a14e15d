import { ExplainProblem } from '#explainers';
import type { TokenizerThread } from '../text/tokenizer-thread.js';

/** Repetitions that make a regular expression with nested quantifiers backtrack, and words that are names of something else. */
const texts = [
  `${'a'.repeat(20_000)}!`,
  `${'ab '.repeat(5_000)}!`,
  `${'1'.repeat(5_000)}.`,
  'constructor toString __proto__ hasOwnProperty',
];
/** A tokenizer needs milliseconds for each. */
const withinMs = 5_000;

/**
 * Has a tokenizer read texts that only a hostile or broken one is slow on.
 *
 * @throws ExplainProblem TOKENIZER_INVALID
 */
export function tryTokenizer(tokenizer: TokenizerThread): void {
  for (const text of texts) {
    try {
      tokenizer.encode(text, withinMs);
    } catch (error) {
      const detail = error instanceof ExplainProblem ? error.detail : String(error);
      throw new ExplainProblem(
        'TOKENIZER_INVALID',
        `a text of ${text.length} characters that begins with ${JSON.stringify(text.slice(0, 12))}: ${detail}`,
      );
    }
  }
}
