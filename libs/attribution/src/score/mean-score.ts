import { compensatedSum } from '#numeric';
import type { OutputScale } from './output-scale.js';
import { probabilityOf } from './probabilities.js';
import { logit, scoreRow, type ClipCounter, type ScoredTarget } from './score-row.js';

/**
 * The worth of a coalition whose absent players were drawn from several background rows: the mean score of the rows;
 * for link-of-mean the log-odds of their mean probability, which is another game.
 *
 * @param outputs rows of `scale.width` numbers
 * @param first number of the first row of the coalition
 * @param rows at least 1
 */
export function meanScore(
  outputs: Float64Array,
  first: number,
  rows: number,
  scale: OutputScale,
  target: ScoredTarget,
  counter: ClipCounter,
): number {
  if (rows === 1) return scoreRow(outputs, first * scale.width, scale, target, counter);
  const averagesProbability = target.space === 'link-of-mean';
  const scores = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const start = (first + row) * scale.width;
    scores[row] = averagesProbability
      ? probabilityOf(outputs, start, scale, target.index)
      : scoreRow(outputs, start, scale, target, counter);
  }
  const mean = compensatedSum(scores) / rows;
  return averagesProbability ? logit(mean, counter) : mean;
}
