import type { OutputScale } from './output-scale.js';

/**
 * Probability of one class in one output row: softmax or sigmoid of logits in float64, or the model's own number.
 *
 * @param outputs rows of `scale.width` numbers
 * @param start index of the row's first number
 * @throws RangeError for an output that holds neither logits nor probabilities
 */
export function probabilityOf(outputs: Float64Array, start: number, scale: OutputScale, index: number): number {
  const own = outputs[start + index] ?? NaN;
  if (scale.kind === 'probabilities') return own;
  if (scale.kind !== 'logits') throw new RangeError(`an output of kind ${scale.kind} has no probabilities`);
  return scale.multiLabel ? 1 / (1 + Math.exp(-own)) : Math.exp(own - logSumExp(outputs, start, scale.width, null));
}

/**
 * ln Σ exp(z) over one output row, without overflow.
 *
 * @param except index of a class left out, null for none
 * @returns -Infinity when nothing is left to sum
 */
export function logSumExp(outputs: Float64Array, start: number, width: number, except: number | null): number {
  let largest = -Infinity;
  for (let i = 0; i < width; i++) if (i !== except) largest = Math.max(largest, outputs[start + i] ?? NaN);
  if (largest === -Infinity) return -Infinity;
  let sum = 0;
  for (let i = 0; i < width; i++) if (i !== except) sum += Math.exp((outputs[start + i] ?? NaN) - largest);
  return largest + Math.log(sum);
}
