/**
 * Natural logarithms of the softmax of logits, in double precision.
 *
 * @returns one for each logit, each at most 0
 */
export function logProbabilities(logits: Float32Array | Float64Array): Float64Array {
  let largest = -Infinity;
  for (const logit of logits) largest = Math.max(largest, logit);
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - largest);
  const logSum = largest + Math.log(sum);
  return Float64Array.from(logits, (logit) => logit - logSum);
}
