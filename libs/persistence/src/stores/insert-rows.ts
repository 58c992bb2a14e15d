import { familyQueue, queuePriority, type AuditLeaf, type NewPayload } from '#jobs';
import { Prisma } from '../generated/client.js';
import type { Transaction } from '../database/database.js';

interface Owner {
  readonly tenant: string;
  readonly actor: string;
}

export async function insertLeaf(transaction: Transaction, owner: Owner, leaf: AuditLeaf): Promise<void> {
  await transaction.auditLeafPending.create({
    data: {
      tenantId: owner.tenant,
      actor: owner.actor,
      recordId: leaf.record.id,
      event: leaf.record.event,
      subjectId: leaf.record.subject,
      record: leaf.bytes,
    },
    select: { id: true },
  });
}

export async function insertPayloads(
  transaction: Transaction,
  owner: Owner,
  subjectKeyId: string,
  payloads: readonly NewPayload[],
): Promise<void> {
  await transaction.payload.createMany({
    data: payloads.map(({ id, kind, name, sealed }) => ({
      id,
      tenantId: owner.tenant,
      actor: owner.actor,
      subjectKeyId,
      kind,
      name,
      nonce: sealed.nonce,
      ciphertext: sealed.ciphertext,
      commitment: sealed.commitment,
      size: sealed.size,
    })),
  });
}

/** Wakes whoever waits for this job; delivered when the transaction commits. */
export async function notifyJob(transaction: Transaction, jobId: string): Promise<void> {
  await transaction.$queryRaw`SELECT pg_notify('vitrine_job', ${jobId})::text`;
}

export async function notifyOutbox(transaction: Transaction): Promise<void> {
  await transaction.$queryRaw`SELECT pg_notify('vitrine_outbox', '')::text`;
}

/** Inserts an outbox row under the present epoch for each row of `job` that a FROM … WHERE after it picks. */
export const queueAgain = Prisma.sql`
  INSERT INTO outbox (tenant_id, actor, job_id, epoch, queue, method, priority)
  SELECT job.tenant_id, job.actor, job.id, job.lease_epoch, ${familyQueue('')}::text || job.family, job.method,
    CASE job.priority WHEN 'high' THEN ${queuePriority.high}::integer WHEN 'normal' THEN ${queuePriority.normal}::integer ELSE ${queuePriority.low}::integer END`;
