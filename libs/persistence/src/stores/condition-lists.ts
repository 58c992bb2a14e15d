import { facetTerm, type ExplanationFilter } from '#history';
import type { JobFilter } from '#jobs';
import { Prisma } from '../generated/client.js';
import type { ConditionList } from './intersect-lists.js';

/** The lists of a filter of explanations; every explanation when it asks for nothing. */
export function explanationLists(tenant: string, filter: ExplanationFilter): readonly [ConditionList, ...ConditionList[]] {
  const terms = [
    ...(filter.words ?? []),
    ...(filter.model === undefined ? [] : [facetTerm('model', filter.model)]),
    ...(filter.version === undefined ? [] : [facetTerm('version', filter.version)]),
    ...(filter.method === undefined ? [] : [facetTerm('method', filter.method)]),
    ...(filter.actor === undefined ? [] : [facetTerm('actor', filter.actor)]),
    ...(filter.predictedClass === undefined ? [] : [facetTerm('class', filter.predictedClass)]),
    ...labelTerms(filter.labels),
  ];
  const explanations = (where: Prisma.Sql): ConditionList => ({
    table: Prisma.sql`explanation e`,
    where: Prisma.sql`e.tenant_id = ${tenant}${where}`,
    createdAt: Prisma.sql`e.created_at`,
    id: Prisma.sql`e.id`,
  });
  const lists = terms.map((term) => termList(tenant, term, 'explanation'));
  if (filter.minConfidence !== undefined)
    lists.push(explanations(Prisma.sql` AND e.confidence >= ${filter.minConfidence}::double precision`));
  const [first, ...others] = lists;
  return first === undefined ? [explanations(Prisma.empty)] : [first, ...others];
}

/** The lists of a filter of jobs; every job when it asks for nothing. */
export function jobLists(tenant: string, filter: JobFilter): readonly [ConditionList, ...ConditionList[]] {
  const terms = [
    ...(filter.model === undefined ? [] : [facetTerm('model', filter.model)]),
    ...(filter.method === undefined ? [] : [facetTerm('method', filter.method)]),
    ...labelTerms(filter.labels),
  ];
  const jobs = (where: Prisma.Sql): ConditionList => ({
    table: Prisma.sql`job j`,
    where: Prisma.sql`j.tenant_id = ${tenant} AND j.parent_id IS NULL${where}`,
    createdAt: Prisma.sql`j.created_at`,
    id: Prisma.sql`j.id`,
  });
  const lists = terms.map((term) => termList(tenant, term, 'job'));
  if (filter.state !== undefined) lists.push(jobs(Prisma.sql` AND j.state = ${filter.state}`));
  const [first, ...others] = lists;
  return first === undefined ? [jobs(Prisma.empty)] : [first, ...others];
}

function labelTerms(labels: Readonly<Record<string, string>>): bigint[] {
  return Object.entries(labels).map(([name, value]) => facetTerm('label', value, name));
}

function termList(tenant: string, term: bigint, of: 'explanation' | 'job'): ConditionList {
  return {
    table: Prisma.raw(`${of}_term t`),
    where: Prisma.sql`t.tenant_id = ${tenant} AND t.term = ${term}::bigint`,
    createdAt: Prisma.sql`t.created_at`,
    id: Prisma.raw(`t.${of}_id`),
  };
}
