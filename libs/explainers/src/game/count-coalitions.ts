/** Coalitions there are of so many players; Infinity beyond the range of doubles. */
export function countCoalitions(players: number): number {
  return 2 ** players;
}
