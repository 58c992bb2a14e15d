/**
 * A text without some of its players: each token of an absent player becomes the mask token, so that the length and
 * every position stay.
 *
 * @param owners as `ownTokens` returns them
 * @param present one entry per player, 0 = absent
 */
export function maskTokens(ids: Int32Array, owners: Int32Array, present: ArrayLike<number>, maskTokenId: number): Int32Array {
  return ids.map((id, token) => {
    const owner = owners[token] ?? -1;
    return owner >= 0 && present[owner] === 0 ? maskTokenId : id;
  });
}
