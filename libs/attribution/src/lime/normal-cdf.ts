/** Beyond this the sum of positive terms needs many of them and the continued fraction few. */
const seriesEnd = 3;

/**
 * Probability that a standard normal variable is at most x. Absolute error near 1e-16; relative error below 1e-12
 * down to x = -37, where it leaves the range of doubles.
 *
 * Source: Abramowitz & Stegun, 26.2.11 (series of positive terms) and 26.2.14 (continued fraction of the tail).
 */
export function normalCdf(x: number): number {
  if (x < -seriesEnd) return tail(-x);
  if (x > seriesEnd) return 1 - tail(x);
  let term = x;
  let sum = x;
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return 0.5 + density(x) * sum;
}

function density(x: number): number {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
}

/** P(X > x) for x > 3: density(x) / (x + 1/(x + 2/(x + 3/…))), evaluated from the inside out. */
function tail(x: number): number {
  let fraction = x;
  for (let k = 120; k > 0; k--) fraction = x + k / fraction;
  return density(x) / fraction;
}
