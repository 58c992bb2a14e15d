import type { OutputScale } from './output-scale.js';
import { logSumExp, probabilityOf } from './probabilities.js';

/** The number of a class that is explained. */
export type ScoreSpace = 'probability' | 'log-probability' | 'logit' | 'log-odds' | 'margin' | 'link-of-mean' | 'value';

export interface ScoredTarget {
  readonly space: ScoreSpace;
  /** Class, 0 for a regression. */
  readonly index: number;
  /** The class subtracted, null where the target is no contrast. */
  readonly against: number | null;
}

/** Counts the probabilities that were too near to 0 or 1 for their logarithm to mean anything. */
export interface ClipCounter {
  clips: number;
}

/** Probabilities are kept this far from 0 and from 1 before a logarithm is taken: float32 knows no more. */
const probabilityClip = 1e-7;

/**
 * The score of a target in one output row.
 *
 * - probability: of the class
 * - log-probability: its natural logarithm; of a contrast, ln(p_a / p_b)
 * - logit: the raw logit; of a contrast, the difference of two
 * - log-odds: ln(p / (1 - p)); of a contrast, ln(p_a / p_b)
 * - margin: the raw score of a model that has no probabilities; of a contrast, the difference of two
 * - link-of-mean: as log-odds, for a single row; `meanScore` treats several
 * - value: of a regression
 *
 * Logarithms of softmax probabilities are formed from the logits, so that nothing is lost near 0 and 1. Where only
 * probabilities are at hand they are clipped to [1e-7, 1 - 1e-7], and each clip is counted.
 *
 * @param outputs rows of `scale.width` numbers
 * @param start index of the row's first number
 * @throws RangeError for a space that the output cannot give; `scoreSpaces` tells which it can
 */
export function scoreRow(outputs: Float64Array, start: number, scale: OutputScale, target: ScoredTarget, counter: ClipCounter): number {
  const { index, against, space } = target;
  const raw = (at: number): number => outputs[start + at] ?? NaN;
  switch (space) {
    case 'probability':
      return probabilityOf(outputs, start, scale, index);
    case 'logit':
    case 'margin':
    case 'value':
      return raw(index) - (against === null ? 0 : raw(against));
    case 'log-probability':
      return against === null
        ? logProbability(outputs, start, scale, index, counter)
        : logRatio(outputs, start, scale, index, against, counter);
    case 'log-odds':
    case 'link-of-mean':
      return against === null ? logOdds(outputs, start, scale, index, counter) : logRatio(outputs, start, scale, index, against, counter);
  }
}

/** ln(p / (1 - p)) of a probability, clipped to [1e-7, 1 - 1e-7]. */
export function logit(probability: number, counter: ClipCounter): number {
  const clipped = Math.min(1 - probabilityClip, Math.max(probabilityClip, probability));
  if (clipped !== probability) counter.clips++;
  return Math.log(clipped) - Math.log1p(-clipped);
}

function logOdds(outputs: Float64Array, start: number, scale: OutputScale, index: number, counter: ClipCounter): number {
  const own = outputs[start + index] ?? NaN;
  if (scale.kind !== 'logits') return logit(probabilityOf(outputs, start, scale, index), counter);
  return scale.multiLabel ? own : own - logSumExp(outputs, start, scale.width, index);
}

function logProbability(outputs: Float64Array, start: number, scale: OutputScale, index: number, counter: ClipCounter): number {
  const own = outputs[start + index] ?? NaN;
  if (scale.kind !== 'logits') {
    const probability = probabilityOf(outputs, start, scale, index);
    if (probability < probabilityClip) counter.clips++;
    return Math.log(Math.max(probabilityClip, probability));
  }
  if (!scale.multiLabel) return own - logSumExp(outputs, start, scale.width, null);
  // ln σ(z) = min(z, 0) - ln(1 + exp(-|z|)): neither term overflows.
  return Math.min(own, 0) - Math.log1p(Math.exp(-Math.abs(own)));
}

function logRatio(outputs: Float64Array, start: number, scale: OutputScale, index: number, against: number, counter: ClipCounter): number {
  if (scale.kind === 'logits' && !scale.multiLabel) return (outputs[start + index] ?? NaN) - (outputs[start + against] ?? NaN);
  return logProbability(outputs, start, scale, index, counter) - logProbability(outputs, start, scale, against, counter);
}
