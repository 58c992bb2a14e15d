/** Rows of a figure where nothing else is asked for. */
export const MOST_ROWS = 20;

/**
 * The rows that a figure shows, and the rest that one line stands for. A single row more than `most` is shown too, since that
 * line would take its place.
 */
export function cutRows<Row>(all: readonly Row[], most: number): { readonly shown: readonly Row[]; readonly rest: readonly Row[] } {
  const end = all.length === most + 1 ? all.length : most;
  return { shown: all.slice(0, end), rest: all.slice(end) };
}
