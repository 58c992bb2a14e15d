/**
 * C(n, k): how many subsets of size k a set of n has. Exact while it is below 2^53, within a few units in the last
 * place above, Infinity beyond the range of doubles (n above 1029).
 *
 * @param n integer, at least 0
 * @param k integer; outside 0 … n the answer is 0
 */
export function binomial(n: number, k: number): number {
  if (k < 0 || k > n) return 0;
  const smaller = Math.min(k, n - k);
  let count = 1;
  for (let i = 1; i <= smaller && count < Infinity; i++) count = multiplyThenDivide(count, n - smaller + i, i);
  return count;
}

/** count · factor / divisor, a whole number; the quotient is formed without a product above 2^53 where that is possible. */
function multiplyThenDivide(count: number, factor: number, divisor: number): number {
  const quotient = Math.floor(count / divisor);
  const rest = count - quotient * divisor;
  return quotient * factor + (rest * factor) / divisor;
}
