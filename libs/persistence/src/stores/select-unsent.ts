import { Prisma } from '../generated/client.js';

/** BullMQ takes 2^21 - 1 at most; a line that long without a pause ends in order of arrival. */
const LARGEST = 2_000_000;

/**
 * Selects the unsent rows that come next, by start-time fair queueing: the turn of a row is one more than the turn of whatever stands at the head of
 * the queue, or than the last of its own tenant and priority, whichever is later. A tenant with few jobs comes right behind the head,
 * one with many behind its own, and nobody of the same priority ever passes the head: no job waits for ever.
 *
 * Source: P. Goyal, H. M. Vin, H. Cheng, "Start-time fair queueing", SIGCOMM 1996, with the head of the line as the virtual time.
 */
export function selectUnsent(limit: number, perTenant: number): Prisma.Sql {
  return Prisma.sql`
    /* select-unsent */
    WITH line AS (SELECT DISTINCT tenant_id, queue FROM outbox WHERE sent_at IS NULL),
    sent AS (
      SELECT tenant_id, queue, priority, count(*) AS n, max(coalesce(turn, 0)) AS last
      FROM outbox WHERE sent_at IS NOT NULL GROUP BY tenant_id, queue, priority
    ),
    head AS (
      SELECT DISTINCT ON (queue) queue, coalesce(turn, 0) AS turn
      FROM outbox WHERE sent_at IS NOT NULL ORDER BY queue, priority + coalesce(turn, 0), id
    )
    SELECT next.id, next.job_id::text AS "jobId", next.epoch, next.queue, next.method, next.turn::integer,
      least(next.priority + next.turn, ${LARGEST}::bigint)::integer AS priority
    FROM line CROSS JOIN LATERAL (
      SELECT first.id, first.job_id, first.epoch, first.queue, first.method, first.priority,
        least(
          greatest(
            coalesce((SELECT h.turn FROM head h WHERE h.queue = line.queue), 0),
            coalesce((SELECT s.last FROM sent s WHERE s.tenant_id = line.tenant_id AND s.queue = line.queue AND s.priority = first.priority), 0)
          ) + row_number() OVER (PARTITION BY first.priority ORDER BY first.id),
          ${LARGEST}::bigint
        ) AS turn
      FROM (
        SELECT o.* FROM outbox o
        WHERE o.tenant_id = line.tenant_id AND o.queue = line.queue AND o.sent_at IS NULL
        ORDER BY o.priority, o.id
        LIMIT greatest(0, ${perTenant}::bigint
          - (SELECT coalesce(sum(s.n), 0) FROM sent s WHERE s.tenant_id = line.tenant_id AND s.queue = line.queue))
      ) first
    ) next
    ORDER BY next.priority + next.turn, next.id
    LIMIT ${limit}`;
}
