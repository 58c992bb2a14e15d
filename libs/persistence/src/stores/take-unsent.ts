import type { OutboxEntry } from '#jobs';
import type { Transaction } from '../database/database.js';

/**
 * The unsent rows that come next: turn by turn between tenants, and within one by priority and age. The rank is how many
 * of the tenant's jobs are ahead in that queue; it is added to the priority, so that in the queue, too, one job of a
 * tenant with few stands before the hundredth of a tenant with many.
 */
export function takeUnsent(transaction: Transaction, limit: number, perTenant: number): Promise<OutboxEntry[]> {
  return transaction.$queryRaw<OutboxEntry[]>`
    WITH line AS (SELECT DISTINCT tenant_id, queue FROM outbox WHERE sent_at IS NULL),
    ahead AS (
      SELECT l.tenant_id, l.queue,
        (SELECT count(*) FROM outbox o WHERE o.tenant_id = l.tenant_id AND o.queue = l.queue AND o.sent_at IS NOT NULL) AS n
      FROM line l
    )
    SELECT next.id, next.job_id::text AS "jobId", next.epoch, next.queue, next.method, (next.priority + next.rank)::integer AS priority
    FROM ahead CROSS JOIN LATERAL (
      SELECT first.*, ahead.n + row_number() OVER (ORDER BY first.priority, first.id) - 1 AS rank
      FROM (
        SELECT o.* FROM outbox o
        WHERE o.tenant_id = ahead.tenant_id AND o.queue = ahead.queue AND o.sent_at IS NULL
        ORDER BY o.priority, o.id
        LIMIT greatest(0, ${perTenant}::bigint - ahead.n)
      ) first
    ) next
    ORDER BY next.rank, next.id
    LIMIT ${limit}`;
}
