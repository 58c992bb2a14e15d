import { ExplainProblem } from '../contract/explain-problem.js';
import { expectAtMost } from '../game/check-players.js';

/** The fit inverts a matrix of features x features. */
const mostFeatures = 1000;

/** The largest neighbourhood that is kept as a tensor. */
const mostBytes = 64 * 2 ** 20;

/**
 * Refuses a sample that no surrogate can be fitted to, and one that is too large to keep.
 *
 * @param samples perturbations, the input included
 * @throws ExplainProblem PLAYERS_TOO_MANY, BUDGET_TOO_SMALL that names the least, PARAM_INVALID
 */
export function checkSample(samples: number, features: number, keep: readonly string[]): void {
  const remedy = 'Use fewer players: words instead of characters, sentences, or groups of your own.';
  expectAtMost(mostFeatures, features, 'a surrogate solves a regression on its features', remedy);
  const least = features + 2;
  if (samples < least) {
    const detail = `a surrogate of ${features} features needs a budget of at least ${least} perturbations, not ${samples}`;
    throw new ExplainProblem('BUDGET_TOO_SMALL', detail, '/params/budget', `Set budget to ${least} or more; ten times as many are usual.`);
  }
  if (keep.includes('neighbourhood') && samples * features > mostBytes) {
    const detail = `a neighbourhood of ${samples} samples and ${features} features has ${samples * features} bytes, and at most ${mostBytes} are kept`;
    throw new ExplainProblem(
      'PARAM_INVALID',
      detail,
      '/params/keep',
      `Set budget to ${Math.floor(mostBytes / features)} or less, or keep nothing.`,
    );
  }
}
