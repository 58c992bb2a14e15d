import { averagePermutations, PermutationPairs, sliceCoalitions } from '#attribution';
import type { GameRun } from '../game/game-run.js';
import { widestInterval, type SampledFindings } from '../game/sampled-findings.js';
import { costOfPairs, planPermutations } from './plan-permutations.js';

export interface SampledPermutations extends SampledFindings {
  /** Antithetic pairs drawn. */
  readonly pairs: number;
}

/**
 * Estimates Shapley values from antithetic pairs of permutations, in rounds: each adds pairs to those of the rounds before,
 * until the widest interval is narrow enough or the budget is spent. The coalitions of a round are asked for together.
 *
 * @param budget below 2^players
 * @param precision null to draw everything in one round
 */
export async function samplePermutations(
  run: GameRun,
  seed: number,
  budget: number,
  precision: number | null,
): Promise<SampledPermutations> {
  const players = run.game.players.length;
  const rounds = planPermutations(budget, players, precision !== null);
  const pairs = new PermutationPairs(seed, players);
  let worths = run.scores.map(() => new Float64Array(0));
  for (let round = 0; ; round++) {
    pairs.drawUpTo(rounds[round] ?? 0);
    const known = worths[0]?.length ?? 0;
    const total = precision === null ? 1 + pairs.coalitions.length : costOfPairs(players, rounds.at(-1) ?? 0);
    const fresh = await run.evaluate(sliceCoalitions(pairs.coalitions, known), total);
    worths = worths.map((before, target) => join(before, fresh[target] ?? new Float64Array(0)));
    const estimates = worths.map((of, target) => averagePermutations(pairs, of, run.scores[target] ?? NaN));
    const widest = widestInterval(estimates);
    if (round < rounds.length - 1 && (precision === null || widest > precision)) continue;
    return {
      findings: estimates.map((estimate, target) => ({ baseScore: worths[target]?.[0] ?? NaN, ...estimate })),
      halfWidth: widest,
      pairs: pairs.length,
    };
  }
}

function join(before: Float64Array, after: Float64Array): Float64Array<ArrayBuffer> {
  const joined = new Float64Array(before.length + after.length);
  joined.set(before);
  joined.set(after, before.length);
  return joined;
}
