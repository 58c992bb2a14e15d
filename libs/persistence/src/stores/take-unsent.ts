import type { OutboxEntry } from '#jobs';
import type { Transaction } from '../database/database.js';

/**
 * The unsent rows that come next: turn by turn between tenants, and within one by priority and age. The rank of a row is how
 * many jobs of its tenant, of its priority or above, stand before it in that queue. It is added to the priority, so that
 * in the queue, too, one job of a tenant with few stands before the hundredth of a tenant with many.
 */
export function takeUnsent(transaction: Transaction, limit: number, perTenant: number): Promise<OutboxEntry[]> {
  return transaction.$queryRaw<OutboxEntry[]>`
    WITH line AS (SELECT DISTINCT tenant_id, queue FROM outbox WHERE sent_at IS NULL),
    sent AS (SELECT tenant_id, queue, priority, count(*) AS n FROM outbox WHERE sent_at IS NOT NULL GROUP BY tenant_id, queue, priority)
    SELECT next.id, next.job_id::text AS "jobId", next.epoch, next.queue, next.method, (next.priority + next.rank)::integer AS priority
    FROM line CROSS JOIN LATERAL (
      SELECT first.*,
        row_number() OVER (ORDER BY first.priority, first.id) - 1
        + (SELECT coalesce(sum(s.n), 0) FROM sent s WHERE s.tenant_id = line.tenant_id AND s.queue = line.queue AND s.priority <= first.priority) AS rank
      FROM (
        SELECT o.* FROM outbox o
        WHERE o.tenant_id = line.tenant_id AND o.queue = line.queue AND o.sent_at IS NULL
        ORDER BY o.priority, o.id
        LIMIT greatest(0, ${perTenant}::bigint
          - (SELECT coalesce(sum(s.n), 0) FROM sent s WHERE s.tenant_id = line.tenant_id AND s.queue = line.queue))
      ) first
    ) next
    ORDER BY next.rank, next.id
    LIMIT ${limit}`;
}
