import type { StorageReport } from '#jobs';
import type { Prisma } from '../generated/client.js';
import type { Transaction } from '../database/database.js';

/**
 * How much a tenant keeps and how large the database is.
 *
 * @param isDue condition on `e`, a row of explanation: the policy lets it go
 */
export async function measureStorage(transaction: Transaction, tenant: string, isDue: Prisma.Sql): Promise<StorageReport> {
  const payloads = await transaction.$queryRaw<{ kind: string; count: number; bytes: number }[]>`
    SELECT kind, count(*)::integer AS count, sum(size)::double precision AS bytes FROM payload WHERE tenant_id = ${tenant} GROUP BY kind ORDER BY kind`;
  const [explanations] = await transaction.$queryRaw<{ count: number; erased: number }[]>`
    SELECT (SELECT count(*)::integer FROM explanation WHERE tenant_id = ${tenant}) AS count,
      (SELECT count(*)::integer FROM explanation_erasure WHERE tenant_id = ${tenant}) AS erased`;
  const [models] = await transaction.$queryRaw<{ bytes: number }[]>`
    SELECT coalesce(sum((file ->> 'size')::double precision), 0) AS bytes
    FROM model_version v, jsonb_array_elements(v.files) file WHERE v.tenant_id = ${tenant}`;
  const tables = await transaction.$queryRaw<{ name: string; bytes: number }[]>`
    SELECT c.relname::text AS name, pg_total_relation_size(c.oid)::double precision AS bytes
    FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' ORDER BY 2 DESC, 1`;
  const [database] = await transaction.$queryRaw<{ bytes: number }[]>`
    SELECT pg_database_size(current_database())::double precision AS bytes`;
  const [due] = await transaction.$queryRaw<{ explanations: number; bytes: number }[]>`
    SELECT count(*)::integer AS explanations, coalesce(sum(p.size), 0)::double precision AS bytes
    FROM explanation e
    JOIN job j ON j.id = e.job_id
    CROSS JOIN LATERAL (
      SELECT sum(size) AS size FROM payload WHERE id = ANY(
        ARRAY[e.result_payload_id, j.request_payload_id] || ARRAY(SELECT (t ->> 'payloadId')::uuid FROM jsonb_array_elements(e.tensors) t))
    ) p
    WHERE e.tenant_id = ${tenant} AND ${isDue} AND NOT EXISTS (SELECT FROM explanation_erasure x WHERE x.explanation_id = e.id)`;
  return {
    payloads,
    explanations: explanations ?? { count: 0, erased: 0 },
    modelFileBytes: models?.bytes ?? 0,
    database: { bytes: database?.bytes ?? 0, tables },
    due: due ?? { explanations: 0, bytes: 0 },
  };
}
