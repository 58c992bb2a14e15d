import type { DeliveryClaim, DeliveryOutcome, Settlement, WebhookEvent } from '#webhooks';
import type { Transaction } from '../database/database.js';

interface ClaimedRow {
  readonly id: string;
  readonly tenant: string;
  readonly attempt: number;
  readonly event: WebhookEvent;
  readonly webhookId: string;
  readonly url: string;
  readonly wrappedSecret: Uint8Array<ArrayBuffer>;
  readonly jobId: string;
  readonly jobState: string;
  readonly method: string;
  readonly modelName: string;
  readonly modelVersion: string;
  readonly labels: Record<string, string>;
  readonly explanationId: string | null;
  readonly errorCode: string | null;
  readonly finishedAt: Date;
}

/** The compare-and-set that gives a delivery to one process, for one attempt. All times are the database's. */
export async function claimDeliveries(
  transaction: Transaction,
  busy: readonly string[],
  leaseSeconds: number,
  limit: number,
): Promise<DeliveryClaim[]> {
  const rows = await transaction.$queryRaw<ClaimedRow[]>`
    WITH due AS (
      SELECT first.id FROM webhook h CROSS JOIN LATERAL (
        SELECT d.id, d.next_attempt_at FROM webhook_delivery d
        WHERE d.webhook_id = h.id AND d.state = 'PENDING' AND d.next_attempt_at <= clock_timestamp()
          AND (d.lease_until IS NULL OR d.lease_until <= clock_timestamp())
        ORDER BY d.next_attempt_at LIMIT 1
      ) first
      WHERE h.state = 'ACTIVE' AND h.id <> ALL(${[...busy]}::uuid[])
      ORDER BY first.next_attempt_at LIMIT ${limit}
    )
    UPDATE webhook_delivery d SET attempts = d.attempts + 1, lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::double precision)
    FROM due, webhook w, job j
    WHERE d.id = due.id AND w.id = d.webhook_id AND j.id = d.job_id
      AND d.state = 'PENDING' AND (d.lease_until IS NULL OR d.lease_until <= clock_timestamp())
    RETURNING d.id::text, d.tenant_id AS tenant, d.attempts AS attempt, d.event, w.id::text AS "webhookId", w.url, w.wrapped_secret AS "wrappedSecret",
      j.id::text AS "jobId", j.state AS "jobState", j.method, j.model_name AS "modelName", j.model_version AS "modelVersion", j.labels,
      j.explanation_id::text AS "explanationId", j.error ->> 'code' AS "errorCode", j.finished_at AS "finishedAt"`;
  return rows.map((row) => ({
    id: row.id,
    tenant: row.tenant,
    attempt: row.attempt,
    event: row.event,
    webhook: { id: row.webhookId, url: row.url, wrappedSecret: new Uint8Array(row.wrappedSecret) },
    job: {
      id: row.jobId,
      state: row.jobState,
      method: row.method,
      modelName: row.modelName,
      modelVersion: row.modelVersion,
      labels: row.labels,
      explanationId: row.explanationId,
      errorCode: row.errorCode,
      finishedAt: row.finishedAt,
    },
  }));
}

/** Writes what came of an attempt, only while the claim's attempt is still the last. */
export async function settleDelivery(transaction: Transaction, claim: DeliveryClaim, outcome: DeliveryOutcome): Promise<Settlement> {
  const state = { delivered: 'DELIVERED', again: 'PENDING', 'given-up': 'GIVEN_UP' }[outcome.kind];
  const error = outcome.kind === 'delivered' ? null : outcome.error;
  const afterSeconds = outcome.kind === 'again' ? outcome.afterSeconds : 0;
  const settled = await transaction.$executeRaw`
    UPDATE webhook_delivery SET
      state = ${state}, last_status = ${outcome.status}, last_error = ${error}, lease_until = NULL,
      next_attempt_at = clock_timestamp() + make_interval(secs => ${afterSeconds}::double precision),
      settled_at = CASE WHEN ${state} = 'PENDING' THEN NULL ELSE clock_timestamp() END
    WHERE id = ${claim.id}::uuid AND attempts = ${claim.attempt} AND state = 'PENDING'`;
  if (settled === 0) return { settled: false, disabled: false };
  if (outcome.kind !== 'given-up') return { settled: true, disabled: false };
  return { settled: true, disabled: await disableWebhook(transaction, claim, outcome) };
}

async function disableWebhook(
  transaction: Transaction,
  { id, attempt, webhook }: DeliveryClaim,
  { gone, error }: Extract<DeliveryOutcome, { kind: 'given-up' }>,
): Promise<boolean> {
  const reason = gone ? 'the receiver answered 410 Gone' : `no attempt of ${attempt} over a day was answered with 2xx; the last: ${error}`;
  const disabled = await transaction.$executeRaw`
    UPDATE webhook SET state = 'DISABLED', disabled_reason = ${reason}, disabled_at = clock_timestamp()
    WHERE id = ${webhook.id}::uuid AND state = 'ACTIVE' AND (${gone} OR NOT EXISTS (
      SELECT FROM webhook_delivery other WHERE other.webhook_id = ${webhook.id}::uuid AND other.state = 'DELIVERED'
        AND other.settled_at > (SELECT created_at FROM webhook_delivery WHERE id = ${id}::uuid)))`;
  if (disabled === 0) return false;
  await transaction.$executeRaw`
    UPDATE webhook_delivery SET state = 'GIVEN_UP', last_error = 'the webhook was disabled', lease_until = NULL, settled_at = clock_timestamp()
    WHERE webhook_id = ${webhook.id}::uuid AND state = 'PENDING'`;
  return true;
}
