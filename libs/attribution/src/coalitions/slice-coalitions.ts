import type { Coalitions } from './coalitions.js';

/** The coalitions of a list from `from` on, as a list of their own. */
export function sliceCoalitions(coalitions: Coalitions, from: number): Coalitions {
  return {
    players: coalitions.players,
    length: coalitions.length - from,
    read: (index, into) => coalitions.read(from + index, into),
  };
}
