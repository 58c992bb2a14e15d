import { ExplainProblem } from '#explainers';
import type { GraphValue, ModelGraph } from '#graph';
import type { ModelParts } from '../folder/model-folder.js';
import type { ChosenOutput } from '../session/choose-output.js';

/** The output with the logits of the next token, and how many tokens it knows. */
export interface ChosenLogits {
  readonly output: ChosenOutput;
  readonly vocabulary: number;
}

const floating = new Set(['float32', 'float64', 'float16', null]);

/**
 * Finds the logits [1, tokens, vocabulary]: the output that the manifest names, else `logits`, else the only one that could be.
 *
 * @param graph of the file that is read
 * @throws ExplainProblem MODEL_UNSUPPORTED
 */
export function chooseLogits({ manifest, config }: ModelParts, graph: ModelGraph): ChosenLogits {
  const candidates = graph.outputs.filter(couldBeLogits);
  const wanted = manifest?.output?.name;
  const [only, ...others] = candidates;
  const chosen =
    candidates.find(({ name }) => name === (wanted ?? 'logits')) ?? (wanted === undefined && others.length === 0 ? only : undefined);
  const kind = manifest?.output?.kind ?? 'logits';
  if (chosen === undefined)
    throw refuse(
      `of the outputs ${graph.outputs.map(({ name }) => name).join(', ')}, ${wanted ?? 'none'} ${wanted === undefined ? 'is' : 'is not'} known to hold the logits of each token`,
    );
  if (kind !== 'logits') throw refuse(`output ${chosen.name} of a language model is said to hold ${kind}; logits are needed`);
  const width = chosen.shape?.at(-1);
  const vocabulary = typeof width === 'number' ? width : config?.vocab_size;
  if (typeof vocabulary !== 'number' || vocabulary < 1)
    throw new ExplainProblem(
      'MODEL_UNSUPPORTED',
      `nothing says how many tokens output ${chosen.name} has logits for`,
      null,
      'Put "vocab_size" into config.json.',
    );
  return { output: { name: chosen.name, kind, fetch: chosen.name, hidden: false, labels: null }, vocabulary };
}

/** Whether a graph's output can hold a number for every token of a vocabulary, for every token of a text. */
export function couldBeLogits({ name, kind, elementType, shape }: GraphValue): boolean {
  const isTensor = kind === 'tensor' || kind === 'unknown';
  return isTensor && floating.has(elementType) && !name.startsWith('present') && (shape === null || shape.length === 3);
}

function refuse(detail: string): ExplainProblem {
  const remedy =
    'Name the output in model.json: { "output": { "name": "logits", "kind": "logits" } }; its shape is [batch, tokens, vocabulary].';
  return new ExplainProblem('MODEL_UNSUPPORTED', detail, null, remedy);
}
