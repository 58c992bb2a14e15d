import { ExplainProblem } from '#explainers';
import { readFloats } from '../session/read-floats.js';
import { cutEncoding } from '../text/encode-text.js';
import type { TextCore } from '../text/text-core.js';
import { probeTexts } from './text-bench.js';

const mostTexts = 4;

/**
 * Has an encoder read a few texts.
 *
 * @returns number of texts that were read
 * @throws ExplainProblem TOKENIZER_INVALID, MODEL_RUN_FAILED, MODEL_UNSUPPORTED or MODEL_OUTPUT_NON_FINITE
 */
export async function tryEncoder(core: TextCore, examples: readonly string[]): Promise<number> {
  const texts = [...examples, ...probeTexts].map((text) => cutEncoding(text, core.tokenizer.encode(text), core.maxTokens).ids);
  const tried = texts.filter((ids) => ids.length > 0).slice(0, mostTexts);
  if (tried.length === 0) throw new ExplainProblem('TOKENIZER_INVALID', 'tokenizer.json makes no token of any of our texts');
  for (const ids of tried) {
    const { output, tokens } = await core.runWhole(ids);
    const numbers = readFloats(output);
    if (numbers === null || output.dims.length !== 3 || output.dims[1] !== tokens)
      throw new ExplainProblem(
        'MODEL_UNSUPPORTED',
        `the output has the shape [${output.dims.join(', ')}] (${output.type}) for ${tokens} tokens; floating-point numbers [batch, ${tokens}, …] were expected`,
        null,
        'Name the output that has numbers for every token in model.json: { "output": { "name": "last_hidden_state" } }.',
      );
    const bad = numbers.find((value) => !Number.isFinite(value));
    if (bad !== undefined) throw new ExplainProblem('MODEL_OUTPUT_NON_FINITE', `the model answers ${bad} for a text of ${tokens} tokens`);
  }
  return tried.length;
}
