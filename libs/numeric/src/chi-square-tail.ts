/**
 * Probability that a chi-square variable exceeds `statistic`: the upper regularised incomplete gamma function
 * Q(degrees / 2, statistic / 2). Relative error below 1e-11.
 *
 * @param statistic at least 0
 * @param degrees degrees of freedom, an integer above 0
 *
 * Source: Abramowitz & Stegun, 26.4.19; the series 6.5.29 below the mean, the continued fraction 6.5.31 above it.
 */
export function chiSquareTail(statistic: number, degrees: number): number {
  if (!Number.isInteger(degrees) || degrees < 1) throw new RangeError(`${degrees} degrees of freedom`);
  if (!(statistic >= 0)) throw new RangeError(`a chi-square statistic of ${statistic}`);
  const a = degrees / 2;
  const x = statistic / 2;
  if (x === 0) return 1;
  const factor = Math.exp(a * Math.log(x) - x - logGammaOfHalves(degrees));
  return x < a + 1 ? 1 - factor * sumSeries(a, x) : factor * evaluateFraction(a, x);
}

/** ln Γ(degrees / 2), from Γ(1) = 1 or Γ(1/2) = √π upwards. */
function logGammaOfHalves(degrees: number): number {
  let sum = degrees % 2 === 0 ? 0 : Math.log(Math.PI) / 2;
  for (let z = degrees % 2 === 0 ? 1 : 0.5; z < degrees / 2; z++) sum += Math.log(z);
  return sum;
}

function sumSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** 1/(x + 1 - a - 1(1 - a)/(x + 3 - a - 2(2 - a)/(…))), by the modified method of Lentz. */
function evaluateFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let value = d;
  for (let n = 1; n < 100_000; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    const step = c * d;
    value *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return value;
}
