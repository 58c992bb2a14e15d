import type { ExplanationFilter, PageCursor } from '#history';
import type { JobFilter } from '#jobs';
import { Prisma } from '../generated/client.js';
import type { Database, Transaction } from '../database/database.js';
import { explanationLists, jobLists } from './condition-lists.js';
import { planIntersection, type ConditionList, type PageBounds } from './intersect-lists.js';

/** What PostgreSQL does for one page of a list. */
export interface ListPlan {
  /** Indexes used, in the order of the plan. */
  readonly indexes: readonly string[];
  /** Tables read without an index. */
  readonly scannedTables: readonly string[];
  readonly joins: readonly string[];
}

/** The plan of a page of explanations, as the application role sees it. For checks and benchmarks. */
export function explainExplanationList(database: Database, tenant: string, filter: ExplanationFilter, after: PageCursor | null = null) {
  const { createdAfter, createdBefore } = filter;
  return database.within(tenant, (transaction) =>
    explain(transaction, explanationLists(tenant, filter), { createdAfter, createdBefore, after, limit: 51 }),
  );
}

/** The plan of a page of jobs. */
export function explainJobList(database: Database, tenant: string, filter: JobFilter, after: PageCursor | null = null) {
  return database.within(tenant, (transaction) =>
    explain(transaction, jobLists(tenant, filter), { createdAfter: filter.createdAfter, after, limit: 51 }),
  );
}

async function explain(
  transaction: Transaction,
  lists: readonly [ConditionList, ...ConditionList[]],
  bounds: PageBounds,
): Promise<ListPlan> {
  const plan = { indexes: [] as string[], scannedTables: [] as string[], joins: [] as string[] };
  const query = await planIntersection(transaction, lists, bounds);
  if (query === null) return plan;
  const rows = await transaction.$queryRaw<{ 'QUERY PLAN': [{ Plan: PlanNode }] }[]>(Prisma.sql`EXPLAIN (FORMAT JSON) ${query}`);
  const visit = (node: PlanNode): void => {
    const type = node['Node Type'];
    if (node['Index Name'] !== undefined) plan.indexes.push(node['Index Name']);
    if (type === 'Seq Scan') plan.scannedTables.push(node['Relation Name'] ?? '');
    if (/Nested Loop|Merge Join|Hash Join|Sort/.test(type)) plan.joins.push(type);
    for (const child of node.Plans ?? []) visit(child);
  };
  const root = rows[0]?.['QUERY PLAN'][0].Plan;
  if (root !== undefined) visit(root);
  return plan;
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly PlanNode[];
}
