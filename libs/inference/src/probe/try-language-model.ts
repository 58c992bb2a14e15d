import { ExplainProblem } from '#explainers';
import type { ModelGraph } from '#graph';
import { toFloat32 } from '../gradient/row-gradients.js';
import type { ModelParts } from '../folder/model-folder.js';
import type { LanguageCore } from '../language/language-core.js';
import { OnnxTokenSequence } from '../language/onnx-token-sequence.js';
import { chooseLanguageFile } from '../language/plan-language.js';
import { chooseTolerance } from './choose-tolerance.js';
import { refuseInfluence } from './refuse-influence.js';
import { relativeDifference } from './relative-difference.js';
import { probeTexts } from './text-bench.js';

const mostTexts = 4;
const mostTokens = 12;
const mostCompared = 2;

/**
 * Reads a few texts at once and in parts. Where a later token changed the logits of an earlier one, or the cache were not meant as it is
 * fed, the two would differ: then the model cannot predict what it is asked to predict here.
 *
 * @returns number of texts that were read
 * @throws ExplainProblem MODEL_UNSUPPORTED, MODEL_RUN_FAILED or MODEL_OUTPUT_NON_FINITE
 */
export async function tryLanguageModel(core: LanguageCore, examples: readonly string[], parts: ModelParts): Promise<number> {
  const { graph } = chooseLanguageFile(parts);
  const tolerance = chooseTolerance(graph);
  const longest = Math.min(mostTokens, core.contextLength ?? Infinity);
  const texts = [...examples, ...probeTexts].map((text) => core.encode(text).ids.slice(0, longest)).filter((ids) => ids.length > 0);
  const tried = texts.slice(0, mostTexts);
  if (tried.length === 0) throw new ExplainProblem('TOKENIZER_INVALID', 'tokenizer.json makes no token of any of our texts');
  for (const ids of tried) {
    const difference = relativeDifference(await readInParts(core, ids), await readInParts(core, ids, ids.length));
    if (!(difference <= tolerance))
      throw new ExplainProblem(
        'MODEL_UNSUPPORTED',
        `the logits of a text differ by ${difference.toPrecision(3)} of their size between reading it at once and token by token`,
        null,
        'Only causal language models are read token by token: the tokens behind one must not change its logits. Check the export, and the task in model.json.',
      );
  }
  if (!core.feeding.alone) await compareTexts(core, tried, graph);
  return tried.length;
}

/** Points of a path run together, where the graph takes several rows; one that takes a single row runs them one by one. */
async function compareTexts(core: LanguageCore, texts: readonly Int32Array[], graph: ModelGraph): Promise<void> {
  const shortest = texts.reduce((least, { length }) => Math.min(least, length), Infinity);
  const rows = texts.slice(0, mostCompared).map((ids) => ids.subarray(0, shortest));
  const together = await runRows(core, rows).catch((error: unknown) => {
    if (error instanceof ExplainProblem && error.code === 'MODEL_RUN_FAILED') return null;
    throw error;
  });
  if (together === null) return;
  const alone = new Float32Array(together.length);
  for (const [at, row] of rows.entries()) alone.set(await runRows(core, [row]), (at * together.length) / rows.length);
  refuseInfluence({ rows: rows.length, difference: relativeDifference(together, alone) }, graph);
}

async function runRows(core: LanguageCore, rows: readonly Int32Array[]): Promise<Float32Array> {
  const { logits } = await core.pass(core.feeding.feed(rows), { of: rows[0]?.length ?? 0, at: [] }, null);
  return toFloat32(logits);
}

/** @returns logits of every token [tokens, vocabulary] */
async function readInParts(core: LanguageCore, ids: Int32Array, step = 1): Promise<Float32Array> {
  const sequence = new OnnxTokenSequence(core, { count: () => undefined, spend: () => undefined }, null, []);
  const logits = new Float32Array(ids.length * core.vocabulary);
  for (let from = 0; from < ids.length; from += step) {
    const part = ids.subarray(from, from + step);
    const read = await sequence.read(part, part.length, false);
    logits.set(read.logits, from * core.vocabulary);
  }
  return logits;
}
