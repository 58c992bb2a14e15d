import type { PageCursor, PageTokens } from '#history';
import { ProblemError } from '#platform';
import type { FastifyReply } from 'fastify';

/** One page of a list, as every list answers. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Null on the last page. */
  readonly nextPageToken: string | null;
}

export interface PageRequest {
  readonly tokens: PageTokens;
  /** Gets the Link header. The path of its request names the list: a token of one list opens no other. */
  readonly reply: FastifyReply;
  readonly tenant: string;
  readonly pageSize: number;
  readonly pageToken: string | undefined;
}

type ListRows<Row> = (after: PageCursor | null, limit: number) => Promise<readonly Row[]>;

/**
 * Reads one page, newest first, and says in the Link header where the next one is.
 *
 * @param list called with the cursor and how many rows to fetch: one more than a page, which tells whether there is a next one
 * @throws ProblemError PAGE_TOKEN_INVALID
 */
export async function readPage<Row extends PageCursor>(
  { tokens, reply, tenant, pageSize, pageToken }: PageRequest,
  list: ListRows<Row>,
): Promise<{ readonly rows: readonly Row[]; readonly nextPageToken: string | null }> {
  const { url } = reply.request;
  const path = url.replace(/\?.*$/s, '');
  const filters = boundFilters(url.slice(path.length + 1));
  const binding = `${path}?${filters.toString()}`;
  const after = pageToken === undefined ? null : tokens.read(pageToken, tenant, binding);
  if (pageToken !== undefined && after === null) {
    throw new ProblemError('PAGE_TOKEN_INVALID', { detail: 'the page token was not issued for this list with these filters' });
  }
  const found = await list(after, pageSize + 1);
  const rows = found.slice(0, pageSize);
  const last = rows.at(-1);
  if (found.length <= pageSize || last === undefined) return { rows, nextPageToken: null };
  const nextPageToken = tokens.issue({ createdAt: last.createdAt, id: last.id }, tenant, binding);
  filters.set('pageSize', String(pageSize));
  filters.set('pageToken', nextPageToken);
  reply.header('Link', `<${path}?${filters.toString()}>; rel="next"`);
  return { rows, nextPageToken };
}

/**
 * Answers a list whose items are made of one row each.
 *
 * @throws ProblemError PAGE_TOKEN_INVALID
 */
export async function answerPage<Row extends PageCursor, Item>(
  request: PageRequest,
  list: ListRows<Row>,
  toItem: (row: Row) => Item,
): Promise<Page<Item>> {
  const { rows, nextPageToken } = await readPage(request, list);
  return { items: rows.map(toItem), nextPageToken };
}

// Sorted, so that the order in which a client writes its filters does not matter.
function boundFilters(query: string): URLSearchParams {
  const filters = new URLSearchParams(query);
  filters.delete('pageSize');
  filters.delete('pageToken');
  filters.sort();
  return filters;
}
