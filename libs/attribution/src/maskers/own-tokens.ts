/**
 * For each token of a text the player that owns it, -1 for tokens that always stay.
 *
 * @param count number of tokens
 */
export function ownTokens(count: number, players: readonly { readonly tokens: readonly number[] }[]): Int32Array {
  const owners = new Int32Array(count).fill(-1);
  players.forEach(({ tokens }, player) => {
    for (const token of tokens) owners[token] = player;
  });
  return owners;
}
