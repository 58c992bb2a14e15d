import type { ModelParts } from '../folder/model-folder.js';
import { chooseLogits } from '../language/choose-logits.js';
import { readContextLength } from '../language/read-context-length.js';
import { readEndTokens } from '../language/read-end-tokens.js';
import type { Serving } from '../serving.js';
import { readEncoderDecoderInputs } from './encoder-decoder-inputs.js';
import { readStartTokens } from './read-start-tokens.js';

/**
 * How an encoder-decoder in one file is served.
 *
 * @throws ExplainProblem MODEL_UNSUPPORTED, or MODEL_FILE_INVALID for an end token that is none
 */
export function planEncoderDecoder(parts: ModelParts): Serving {
  readEncoderDecoderInputs(parts.graph);
  const { output, vocabulary } = chooseLogits(parts, parts.graph);
  readStartTokens(parts, vocabulary);
  readEndTokens(parts, vocabulary);
  const maxTokens = readContextLength(parts);
  return { task: 'text2text-generation', classes: [], multiLabel: false, output, outputs: vocabulary, features: [], maxTokens };
}
