/**
 * Natural logarithm of the sum of exponentials, in double precision: a logit less this is the logarithm of its softmax.
 */
export function logSumExp(logits: Float32Array | Float64Array): number {
  let largest = -Infinity;
  for (let at = 0; at < logits.length; at++) {
    const logit = logits[at] ?? NaN;
    if (!(logit <= largest)) largest = logit;
  }
  let sum = 0;
  for (let at = 0; at < logits.length; at++) sum += Math.exp((logits[at] ?? NaN) - largest);
  return largest + Math.log(sum);
}
