import { normalQuantile } from './normal-quantile.js';

/**
 * The value that a Student variable exceeds in absolute value with the given probability. Relative error below 1e-5 from three
 * degrees of freedom on and below 1e-3 at two; at one, the law of Cauchy, to the last digits.
 *
 * @param tails probability of both tails together, above 0 and at most 1
 * @param degrees degrees of freedom, 1 or at least 2, not necessarily whole
 * @throws RangeError outside these ranges
 *
 * Source: G. W. Hill, "Algorithm 396: Student's t-quantiles", Communications of the ACM 13 (1970).
 */
export function studentQuantile(tails: number, degrees: number): number {
  if (!(tails > 0 && tails <= 1)) throw new RangeError(`tails of ${tails}`);
  if (degrees === 1) return 1 / Math.tan((tails * Math.PI) / 2);
  if (!(degrees >= 2)) throw new RangeError(`${degrees} degrees of freedom`);
  if (degrees === Infinity) return -normalQuantile(tails / 2);
  const a = 1 / (degrees - 0.5);
  const b = 48 / a ** 2;
  const c = (((20700 * a) / b - 98) * a - 16) * a + 96.36;
  const d = ((94.5 / (b + c) - 3) / b + 1) * Math.sqrt((a * Math.PI) / 2) * degrees;
  const y = (d * tails) ** (2 / degrees);
  return Math.sqrt(degrees * (y > 0.05 + a ? expandNearNormal(tails, degrees, a, b, c, d) : expandTail(y, degrees, d)));
}

function expandNearNormal(tails: number, degrees: number, a: number, b: number, c: number, d: number): number {
  const x = normalQuantile(tails / 2);
  const square = x * x;
  const corrected = degrees < 5 ? c + 0.3 * (degrees - 4.5) * (x + 0.6) : c;
  const divisor = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + corrected;
  const inner = ((0.4 * square + 6.3) * square + 36) * square + 94.5;
  return Math.expm1(a * ((inner / divisor - square - 3) / b + 1) ** 2 * square);
}

function expandTail(y: number, degrees: number, d: number): number {
  const first = 1 / (((degrees + 6) / (degrees * y) - 0.089 * d - 0.822) * (degrees + 2) * 3);
  return (((first + 0.5 / (degrees + 4)) * y - 1) * (degrees + 1)) / (degrees + 2) + 1 / y;
}
