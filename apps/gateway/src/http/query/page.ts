import type { PageCursor, PageTokens } from '#history';
import { ProblemError } from '#platform';

/** One page of a list, as every list answers. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Null on the last page. */
  readonly nextPageToken: string | null;
}

export interface PageRequest {
  readonly tenant: string;
  /** Path of the list; a token of one list opens no other. */
  readonly path: string;
  /** Query as sent; filters are bound into the token, size and token are not. */
  readonly url: string;
  readonly pageSize: number;
  readonly pageToken: string | undefined;
}

/**
 * Reads one page, newest first.
 *
 * @param list called with the cursor and how many rows to fetch: one more than a page, which tells whether there is a next one
 * @returns the rows of the page, the token of the next, and its address for the Link header
 * @throws ProblemError PAGE_TOKEN_INVALID
 */
export async function readPage<Row extends PageCursor>(
  tokens: PageTokens,
  request: PageRequest,
  list: (after: PageCursor | null, limit: number) => Promise<readonly Row[]>,
): Promise<{ readonly rows: readonly Row[]; readonly nextPageToken: string | null; readonly nextUrl: string | null }> {
  const filters = boundFilters(request.url);
  const binding = `${request.path}?${filters.toString()}`;
  const after = request.pageToken === undefined ? null : tokens.read(request.pageToken, request.tenant, binding);
  if (request.pageToken !== undefined && after === null) {
    throw new ProblemError('PAGE_TOKEN_INVALID', { detail: 'the page token was not issued for this list with these filters' });
  }
  const found = await list(after, request.pageSize + 1);
  const rows = found.slice(0, request.pageSize);
  const last = rows.at(-1);
  if (found.length <= request.pageSize || last === undefined) return { rows, nextPageToken: null, nextUrl: null };
  const nextPageToken = tokens.issue({ createdAt: last.createdAt, id: last.id }, request.tenant, binding);
  const next = new URLSearchParams(filters);
  next.set('pageSize', String(request.pageSize));
  next.set('pageToken', nextPageToken);
  return { rows, nextPageToken, nextUrl: `${request.path}?${next.toString()}` };
}

// Sorted, so that the order in which a client writes its filters does not matter.
function boundFilters(url: string): URLSearchParams {
  const filters = new URLSearchParams(url.slice(url.indexOf('?') + 1 || url.length));
  filters.delete('pageSize');
  filters.delete('pageToken');
  filters.sort();
  return filters;
}
