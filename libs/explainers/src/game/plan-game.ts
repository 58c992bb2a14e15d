import type { Plan } from '../contract/explainer.js';
import type { Game } from './game.js';

/**
 * What a run of so many evaluations would do.
 *
 * @param evaluations the full coalition included, which takes one row
 */
export function planGame(game: Game, evaluations: number): Plan {
  return {
    features: game.features,
    estimatedEvaluations: evaluations,
    estimatedModelRows: 1 + (evaluations - 1) * game.rowsPerCoalition,
    warnings: game.warnings,
  };
}
