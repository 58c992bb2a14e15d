/**
 * A text without some of its players: each run of neighbouring tokens of one absent player becomes the filler once.
 *
 * @param owners as `ownTokens` returns them
 * @param present one entry per player, 0 = absent
 * @param filler token ids, at least one
 */
export function replaceTokens(ids: Int32Array, owners: Int32Array, present: ArrayLike<number>, filler: ArrayLike<number>): Int32Array {
  const row: number[] = [];
  ids.forEach((id, token) => {
    const owner = owners[token] ?? -1;
    if (owner < 0 || present[owner] !== 0) row.push(id);
    else if (startsRun(owners, token)) row.push(...Array.from(filler));
  });
  return Int32Array.from(row);
}

/** Length of the longest row that `replaceTokens` can make with a filler of so many tokens. */
export function longestReplacement(owners: Int32Array, fillerLength: number): number {
  let longest = 0;
  for (let token = 0; token < owners.length;) {
    let end = token + 1;
    while (end < owners.length && !startsRun(owners, end)) end++;
    longest += (owners[token] ?? -1) < 0 ? end - token : Math.max(end - token, fillerLength);
    token = end;
  }
  return longest;
}

function startsRun(owners: Int32Array, token: number): boolean {
  return token === 0 || owners[token - 1] !== owners[token];
}
