import { writeNumber } from './write-number.js';

/** Of a probability by its logarithm: "79.2 %". */
export function tellPercent(logProbability: number): string {
  const percent = 100 * Math.exp(logProbability);
  return `${percent >= 0.1 ? percent.toFixed(1) : percent.toPrecision(1)} %`;
}

/** With all digits to the pointer. */
export function tellLogProbability(logProbability: number): string {
  return writeNumber(logProbability, (value) =>
    (value > -0.0005 && value < 0 ? value.toExponential(1) : value.toFixed(3)).replace(/-/g, '−'),
  );
}
