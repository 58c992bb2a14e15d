/**
 * A text without some of its players: the tokens of an absent player leave the sequence.
 *
 * @param owners as `ownTokens` returns them
 * @param present one entry per player, 0 = absent
 */
export function deleteTokens(ids: Int32Array, owners: Int32Array, present: ArrayLike<number>): Int32Array {
  return ids.filter((_, token) => {
    const owner = owners[token] ?? -1;
    return owner < 0 || present[owner] !== 0;
  });
}
