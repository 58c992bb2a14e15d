import type { AttentionMap, AttentionSession } from '#inference';
import type { CaseRun } from '../feed-case.js';

/** The same kernels give both; an optimiser may join them otherwise. */
const tolerance = 1e-6;

/**
 * Asks for the last and the first query alone, and compares their rows with those of the whole matrices.
 *
 * @returns what is wrong, or null
 */
export async function compareChosenRows(session: AttentionSession, run: CaseRun, maps: readonly AttentionMap[]): Promise<string | null> {
  const crossed = maps.some(({ layer }) => layer.kind === 'cross');
  const whole = maps.filter(({ layer }) => !crossed || layer.kind !== 'self');
  const of = whole[0]?.queries ?? 0;
  const at = [of - 1, 0];
  const rows = await session.runQueries(run.feeds, run.real, { of, at });
  if (rows.length !== whole.length) return `${rows.length} layers for chosen queries, and ${whole.length} for all`;
  let largest = 0;
  for (const [layer, map] of whole.entries()) {
    const chosen = rows[layer]?.probabilities;
    const { batch, heads, queries, keys, probabilities } = map;
    for (let matrix = 0; matrix < batch * heads; matrix++)
      for (const [row, query] of at.entries())
        for (let key = 0; key < keys; key++) {
          const all = probabilities[(matrix * queries + query) * keys + key] ?? NaN;
          const one = chosen?.[(matrix * at.length + row) * keys + key] ?? NaN;
          const error = Math.abs(all - one);
          largest = Math.max(largest, Number.isNaN(error) ? Infinity : error);
        }
  }
  return largest <= tolerance ? null : `the rows of chosen queries differ from the matrix by ${largest}`;
}
