import type { Tensor } from 'onnxruntime-node';
import { ExplainProblem } from '#explainers';
import { readFloats } from '../session/read-floats.js';

/** Which numbers of an output of logits are wanted. */
export interface WantedLogits {
  /** Tokens that were fed. */
  readonly positions: number;
  /** How many of them, from the end. */
  readonly last: number;
  readonly vocabulary: number;
  /** Place of the first wanted token in the text, for the detail of a problem. */
  readonly from: number;
}

/**
 * The logits of the last positions as a copy, so that those of all others can be forgotten.
 *
 * @returns [last, vocabulary]
 * @throws ExplainProblem MODEL_UNSUPPORTED for another shape or type, MODEL_OUTPUT_NON_FINITE
 */
export function takeLogits(tensor: Tensor, { positions, last, vocabulary, from }: WantedLogits): Float32Array {
  const { dims, type } = tensor;
  const numbers = readFloats(tensor);
  if (numbers === null || dims.length !== 3 || dims[0] !== 1 || dims[1] !== positions || dims[2] !== vocabulary)
    throw new ExplainProblem(
      'MODEL_UNSUPPORTED',
      `the logits have the shape [${dims.join(', ')}] (${type}) for ${positions} tokens; floating-point numbers [1, ${positions}, ${vocabulary}] were expected`,
      null,
      'Export the model with the logits of every token; "vocab_size" of config.json has to be the number that the graph gives.',
    );
  const logits = new Float32Array(numbers.subarray((positions - last) * vocabulary, positions * vocabulary));
  const bad = findNonFinite(logits);
  if (bad >= 0)
    throw new ExplainProblem(
      'MODEL_OUTPUT_NON_FINITE',
      `the model answers ${logits[bad]} for token ${bad % vocabulary} behind token ${from + Math.floor(bad / vocabulary)} of the text`,
    );
  return logits;
}

/** Its place; -1 where all are finite. A sum finds in one pass that one is not. */
function findNonFinite(logits: Float32Array): number {
  let sum = 0;
  for (const logit of logits) sum += logit * 0;
  return sum === 0 ? -1 : logits.findIndex((value) => !Number.isFinite(value));
}
