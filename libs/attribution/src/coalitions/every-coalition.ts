import type { Coalitions } from './coalitions.js';

/**
 * All coalitions of a few players. The index is the coalition: player k is present when bit k is set, so that the first
 * is empty and the last is full.
 *
 * @param players 1 … 30
 * @throws RangeError beyond that
 */
export function everyCoalition(players: number): Coalitions {
  if (!Number.isInteger(players) || players < 1 || players > 30) throw new RangeError(`cannot list the coalitions of ${players} players`);
  return {
    players,
    length: 2 ** players,
    read(index, into) {
      for (let player = 0; player < players; player++) into[player] = (index >>> player) & 1;
    },
  };
}
