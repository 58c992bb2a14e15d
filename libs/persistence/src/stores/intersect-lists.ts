import type { PageCursor } from '#history';
import { Prisma } from '../generated/client.js';
import type { Transaction } from '../database/database.js';

/** A condition as a list: the rows of a table that fulfil it, which an index gives in (created_at, id) order. */
export interface ConditionList {
  /** With its alias. */
  readonly table: Prisma.Sql;
  /** Holds the tenant. */
  readonly where: Prisma.Sql;
  readonly createdAt: Prisma.Sql;
  readonly id: Prisma.Sql;
}

export interface PageBounds {
  readonly createdAfter?: Date | undefined;
  readonly createdBefore?: Date | undefined;
  /** Rows strictly after this one in newest-first order. */
  readonly after: PageCursor | null;
  readonly limit: number;
}

/** A list is rare when it has no more rows than this. */
export const RARE = 1000;
/** Common lists that are merged; what there is beyond is looked up for each row that the merge finds. */
const MOST_MERGED = 4;

/**
 * The newest rows that all lists have. The planner knows how long a list is and not what two have in common, so that the
 * way is chosen here: a rare list is walked and the others are looked up row by row; common lists are merged, which reads each
 * of them once at most. Both give rows in order and stop at the limit.
 */
export async function intersectLists(
  transaction: Transaction,
  lists: readonly [ConditionList, ...ConditionList[]],
  bounds: PageBounds,
): Promise<readonly string[]> {
  const query = await planIntersection(transaction, lists, bounds);
  if (query === null) return [];
  const rows = await transaction.$queryRaw<{ id: string }[]>(query);
  if (lists.length > 1) await allowOtherPlans(transaction, 'on');
  return rows.map((row) => row.id);
}

/** The statement that answers, after the settings it needs were made in the transaction; null when a list is empty. */
export async function planIntersection(
  transaction: Transaction,
  lists: readonly [ConditionList, ...ConditionList[]],
  bounds: PageBounds,
): Promise<Prisma.Sql | null> {
  const page = Prisma.sql`ORDER BY d.created_at DESC, d.id DESC LIMIT ${bounds.limit}`;
  const [only, ...others] = lists;
  if (others.length === 0) return Prisma.sql`SELECT d.created_at, d.id::text FROM (${scan(only, bounds)}) d ${page}`;
  const counted = await countRows(transaction, lists, bounds);
  const [rarest, ...rest] = counted;
  if (rarest === undefined || rarest.rows === 0) return null;
  if (rarest.rows <= RARE) {
    // OFFSET 0 keeps the planner from taking the subquery apart and turning the join round.
    const driver = Prisma.sql`(${scan(rarest.list, bounds)} ORDER BY 1 DESC, 2 DESC OFFSET 0) d`;
    return Prisma.sql`SELECT d.created_at, d.id::text FROM ${driver} ${lookUp(rest.map((one) => one.list))} ${page}`;
  }
  await allowOtherPlans(transaction, 'off');
  const merged = rest.slice(0, MOST_MERGED - 1).map(({ list }, index) => {
    const name = Prisma.raw(`m${index}`);
    return Prisma.sql`JOIN (${scan(list, bounds)}) ${name} ON ${name}.created_at = d.created_at AND ${name}.id = d.id`;
  });
  const lookedUp = lookUp(rest.slice(MOST_MERGED - 1).map((one) => one.list));
  return Prisma.sql`SELECT d.created_at, d.id::text FROM (${scan(rarest.list, bounds)}) d ${Prisma.join(merged, ' ')} ${lookedUp} ${page}`;
}

/** Off leaves the planner with merges of index scans, for the rest of the transaction or until it is on again. */
async function allowOtherPlans(transaction: Transaction, value: 'on' | 'off'): Promise<void> {
  await transaction.$queryRaw`
    SELECT set_config('enable_nestloop', ${value}, true), set_config('enable_hashjoin', ${value}, true), set_config('enable_sort', ${value}, true),
      set_config('enable_bitmapscan', ${value}, true), set_config('enable_seqscan', ${value}, true), set_config('jit', 'off', true)`;
}

function scan(list: ConditionList, bounds: PageBounds): Prisma.Sql {
  const { createdAt, id } = list;
  const conditions = [list.where];
  if (bounds.createdAfter !== undefined) conditions.push(Prisma.sql`${createdAt} > ${bounds.createdAfter}`);
  if (bounds.createdBefore !== undefined) conditions.push(Prisma.sql`${createdAt} < ${bounds.createdBefore}`);
  if (bounds.after !== null) conditions.push(Prisma.sql`(${createdAt}, ${id}) < (${bounds.after.createdAt}, ${bounds.after.id}::uuid)`);
  return Prisma.sql`SELECT ${createdAt} AS created_at, ${id} AS id FROM ${list.table} WHERE ${Prisma.join(conditions, ' AND ')}`;
}

function lookUp(lists: readonly ConditionList[]): Prisma.Sql {
  if (lists.length === 0) return Prisma.empty;
  return Prisma.join(
    lists.map(
      ({ table, where, createdAt, id }, index) =>
        Prisma.sql`CROSS JOIN LATERAL (SELECT FROM ${table} WHERE ${where} AND ${createdAt} = d.created_at AND ${id} = d.id OFFSET 0) ${Prisma.raw(`p${index}`)}`,
    ),
    ' ',
  );
}

/** Shortest first. Counting stops just beyond RARE: of longer lists that is the thinnest whose rows counted reach furthest back. */
async function countRows(transaction: Transaction, lists: readonly ConditionList[], bounds: PageBounds) {
  const counts = lists.map(
    (list, index) =>
      Prisma.sql`SELECT ${index}::integer AS list, count(*)::integer AS rows, min(created_at) AS reach FROM (${scan(list, bounds)} ORDER BY 1 DESC, 2 DESC LIMIT ${RARE + 1}) c`,
  );
  const rows = await transaction.$queryRaw<{ list: number; rows: number; reach: Date | null }[]>(Prisma.join(counts, ' UNION ALL '));
  return rows
    .flatMap((row) => {
      const list = lists[row.list];
      return list === undefined ? [] : [{ list, rows: row.rows, reach: row.reach?.getTime() ?? 0 }];
    })
    .sort((a, b) => a.rows - b.rows || a.reach - b.reach);
}
