import { ExplainProblem } from '#explainers';
import type { TokenizerFile } from './hugging-face-config.js';

const mostTokens = 2_000_000;
const mostMerges = 4_000_000;
const largestId = 2 ** 31 - 1;

/**
 * What a tokenizer file may say, before the library builds tables of it: counts, and ids that a tensor of token ids can hold.
 * A vocabulary is read as a list of its entries, so that a token named `__proto__` is a token.
 *
 * @throws ExplainProblem TOKENIZER_INVALID
 */
export function checkTokenizer(tokenizer: TokenizerFile | null): void {
  const model = tokenizer?.['model'];
  if (typeof model !== 'object' || model === null) return;
  const { vocab, merges } = model as { readonly vocab?: unknown; readonly merges?: unknown };
  if (Array.isArray(merges) && merges.length > mostMerges) throw invalid(`it has ${merges.length} merges; at most ${mostMerges} are read`);
  if (typeof vocab !== 'object' || vocab === null) return;
  // A list holds [token, score] in the order of the ids.
  const entries = Array.isArray(vocab) ? null : Object.entries(vocab);
  const count = entries?.length ?? (vocab as readonly unknown[]).length;
  if (count > mostTokens) throw invalid(`it has ${count} tokens; at most ${mostTokens} are read`);
  for (const [token, id] of entries ?? []) {
    if (!Number.isInteger(id) || (id as number) < 0 || (id as number) > largestId)
      throw invalid(
        `the id of ${JSON.stringify(token.slice(0, 40))} is ${JSON.stringify(id)}; whole numbers from 0 to ${largestId} are ids`,
      );
  }
}

function invalid(what: string): ExplainProblem {
  return new ExplainProblem('TOKENIZER_INVALID', `tokenizer.json: ${what}`);
}
