import { ExplainProblem } from '#explainers';
import type { GraphFile, ModelParts } from '../folder/model-folder.js';
import type { Serving } from '../serving.js';
import { chooseLogits } from './choose-logits.js';
import { readContextLength } from './read-context-length.js';
import { readEndTokens } from './read-end-tokens.js';
import { readLanguageInputs } from './language-inputs.js';

/** The file of a language model that is run: the one with a cache where there is one. */
export function chooseLanguageFile({ cached, modelFile, modelBytes, graph }: ModelParts): GraphFile {
  return cached ?? { modelFile, modelBytes, graph };
}

/**
 * How a language model is served.
 *
 * @throws ExplainProblem MODEL_UNSUPPORTED, or MODEL_FILE_INVALID for an end token that is none
 */
export function planLanguage(parts: ModelParts): Serving {
  const { modelFile, graph } = chooseLanguageFile(parts);
  const { cache } = readLanguageInputs(graph);
  if (parts.cached !== null && cache.length === 0)
    throw new ExplainProblem(
      'MODEL_UNSUPPORTED',
      `model.json names ${modelFile} as files.kvCache, and its graph reads no past keys and values`,
      null,
      'Name the file that was exported with past key values, or leave files.kvCache out.',
    );
  const { output, vocabulary } = chooseLogits(parts, graph);
  readEndTokens(parts, vocabulary);
  const maxTokens = readContextLength(parts);
  return { task: 'causal-lm', classes: [], multiLabel: false, output, outputs: vocabulary, features: [], maxTokens };
}
