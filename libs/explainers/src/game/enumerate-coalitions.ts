import { everyCoalition, shapleyValues } from '#attribution';
import type { Finding, GameRun } from './game-run.js';

/**
 * Exact Shapley values of a running game, from all 2^n coalitions; the full one is the input itself and is not asked for
 * again.
 *
 * @returns one finding per target, without standard errors
 */
export async function enumerateCoalitions(run: GameRun): Promise<readonly Finding[]> {
  const players = run.game.players.length;
  const all = everyCoalition(players);
  const worths = await run.evaluate({ ...all, length: all.length - 1 }, all.length);
  return worths.map((others, target) => {
    const table = new Float64Array(all.length);
    table.set(others);
    table[all.length - 1] = run.scores[target] ?? NaN;
    return { baseScore: table[0] ?? NaN, values: shapleyValues(table, players), standardErrors: null };
  });
}
