import { allocatePairs, BinaryRows, fitShapley, pairStrata, samplePairs, type Coalitions, type PairSample } from '#attribution';
import type { GameRun } from '../game/game-run.js';
import { widestInterval, type SampledFindings } from '../game/sampled-findings.js';
import { planRounds } from './plan-budget.js';

/**
 * Estimates Shapley values from pairs of coalitions, in rounds: each adds pairs to those of the rounds before, until the
 * widest interval is narrow enough or the budget is spent.
 *
 * @param budget below 2^players
 * @param precision null to spend the budget in one round
 */
export async function sampleCoalitions(run: GameRun, seed: number, budget: number, precision: number | null): Promise<SampledFindings> {
  const players = run.game.players.length;
  const strata = pairStrata(players);
  const sampler = samplePairs(seed, players, strata);
  const rounds = planRounds(budget, players, precision !== null);
  const most = rounds.at(-1) ?? 0;
  const pairs = new BinaryRows(players);
  const stratumOf = new Uint16Array(most);
  const empty = await run.evaluate(emptyCoalition(players), 2 + 2 * most);
  const totals = run.scores.map((score, target) => score - (empty[target]?.[0] ?? NaN));
  const oddParts = run.scores.map(() => new Float64Array(most));
  const drawn = strata.map(() => 0);
  const present = new Uint8Array(players);
  for (let round = 0; ; round++) {
    const before = pairs.length;
    allocatePairs(strata, rounds[round] ?? most).forEach((count, stratum) => {
      for (; (drawn[stratum] ?? 0) < count; drawn[stratum] = (drawn[stratum] ?? 0) + 1) {
        sampler.draw(stratum, present);
        stratumOf[pairs.append(present)] = stratum;
      }
    });
    const worths = await run.evaluate(bothSides(pairs, before), 2 + 2 * most);
    worths.forEach((of, target) => {
      for (let pair = before; pair < pairs.length; pair++) {
        const at = 2 * (pair - before);
        oddParts[target]?.fill(((of[at] ?? NaN) - (of[at + 1] ?? NaN)) / 2, pair, pair + 1);
      }
    });
    const sample: PairSample = { players, strata, counts: drawn, pairs, stratumOf };
    const estimates = fitShapley(
      sample,
      totals.map((total, target) => ({ oddParts: oddParts[target] ?? new Float64Array(0), total })),
    );
    const widest = widestInterval(estimates);
    if (round < rounds.length - 1 && (precision === null || widest > precision)) continue;
    return {
      findings: estimates.map((estimate, target) => ({ baseScore: empty[target]?.[0] ?? NaN, ...estimate })),
      halfWidth: widest,
    };
  }
}

function emptyCoalition(players: number): Coalitions {
  return { players, length: 1, read: (_, into) => into.fill(0) };
}

/** Each pair from `first` on as two coalitions: the smaller one and its complement. */
function bothSides(pairs: BinaryRows, first: number): Coalitions {
  return {
    players: pairs.features,
    length: 2 * (pairs.length - first),
    read(index, into) {
      pairs.read(first + (index >>> 1), into);
      if ((index & 1) === 1) for (let player = 0; player < into.length; player++) into[player] = 1 - (into[player] ?? 0);
    },
  };
}
