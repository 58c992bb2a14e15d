import { ExplainProblem } from '#explainers';
import type { ModelGraph } from '#graph';
import type { EncoderDecoderCore } from '../encoder-decoder/encoder-decoder-core.js';
import { DecoderSequence } from '../encoder-decoder/decoder-sequence.js';
import { chooseTolerance } from './choose-tolerance.js';
import { relativeDifference } from './relative-difference.js';
import { probeTexts } from './text-bench.js';

const mostTexts = 3;
const mostTokens = 8;

/**
 * Reads a few texts as sources and as their own outputs, at once and token by token. Where a later token of the output changed the logits of
 * an earlier one, the two would differ.
 *
 * @returns number of texts that were read
 * @throws ExplainProblem TOKENIZER_INVALID, MODEL_UNSUPPORTED, MODEL_RUN_FAILED or MODEL_OUTPUT_NON_FINITE
 */
export async function tryEncoderDecoder(core: EncoderDecoderCore, examples: readonly string[], graph: ModelGraph): Promise<number> {
  const tolerance = chooseTolerance(graph);
  const longest = Math.min(mostTokens, core.contextLength ?? Infinity);
  const room = Math.max(0, Math.min(longest, (core.contextLength ?? Infinity) - core.startTokens.length));
  const texts = [...examples, ...probeTexts].map((text) => core.encode(text).ids.slice(0, longest)).filter((ids) => ids.length > 0);
  const tried = texts.slice(0, mostTexts);
  if (tried.length === 0) throw new ExplainProblem('TOKENIZER_INVALID', 'tokenizer.json makes no token of any of our texts');
  for (const source of tried) {
    const output = Int32Array.from([...core.startTokens, ...source.slice(0, room)]);
    const difference = relativeDifference(
      await readInParts(core, source, output, 1),
      await readInParts(core, source, output, output.length),
    );
    if (!(difference <= tolerance))
      throw new ExplainProblem(
        'MODEL_UNSUPPORTED',
        `the logits of an output differ by ${difference.toPrecision(3)} of their size between reading it at once and token by token`,
        null,
        'Only a decoder in which later tokens change nothing before them can be read token by token: check the export.',
      );
  }
  return tried.length;
}

/** @returns logits of every token of the output [tokens, vocabulary] */
async function readInParts(core: EncoderDecoderCore, source: Int32Array, output: Int32Array, step: number): Promise<Float32Array> {
  const sequence = new DecoderSequence(core, source, { count: () => undefined, spend: () => undefined });
  const logits = new Float32Array(output.length * core.vocabulary);
  for (let from = 0; from < output.length; from += step) {
    const part = output.subarray(from, from + step);
    logits.set((await sequence.read(part, part.length, false)).logits, from * core.vocabulary);
  }
  return logits;
}
