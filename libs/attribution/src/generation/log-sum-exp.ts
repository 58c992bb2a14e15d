/**
 * Natural logarithm of the sum of exponentials, in double precision: a logit less this is the logarithm of its softmax.
 */
export function logSumExp(logits: Float32Array | Float64Array): number {
  let largest = -Infinity;
  for (const logit of logits) if (!(logit <= largest)) largest = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - largest);
  return largest + Math.log(sum);
}
