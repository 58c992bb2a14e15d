import type { Span } from '../players/span.js';

/**
 * A text without some of its players, as text: what is between players stays.
 *
 * @param players spans of each player; no two overlap
 * @param present one entry per player, 0 = absent
 */
export function deleteSpans(text: string, players: readonly { readonly spans: readonly Span[] }[], present: ArrayLike<number>): string {
  const gone = players.flatMap(({ spans }, player) => (present[player] === 0 ? spans : []));
  let rest = '';
  let done = 0;
  for (const [start, end] of gone.toSorted((a, b) => a[0] - b[0])) {
    rest += text.slice(done, start);
    done = end;
  }
  return rest + text.slice(done);
}
