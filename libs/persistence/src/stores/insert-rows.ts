import { familyQueue, queuePriority, type AuditLeaf, type NewPayload } from '#jobs';
import { Prisma } from '../generated/client.js';
import type { Transaction } from '../database/database.js';

interface Owner {
  readonly tenant: string;
  readonly actor: string;
}

export function insertLeaf(transaction: Transaction, owner: Owner, leaf: AuditLeaf): Promise<void> {
  return insertLeaves(transaction, owner, [leaf]);
}

export async function insertLeaves(transaction: Transaction, owner: Owner, leaves: readonly AuditLeaf[]): Promise<void> {
  await transaction.auditLeafPending.createMany({
    data: leaves.map(({ record, bytes }) => ({
      tenantId: owner.tenant,
      actor: owner.actor,
      recordId: record.id,
      event: record.event,
      subjectId: record.subject,
      record: bytes,
    })),
  });
}

/** A payload with the key it is sealed under. */
export interface KeyedPayload extends NewPayload {
  readonly subjectKeyId: string;
}

export function insertPayloads(
  transaction: Transaction,
  owner: Owner,
  subjectKeyId: string,
  payloads: readonly NewPayload[],
): Promise<void> {
  return insertKeyedPayloads(
    transaction,
    owner,
    payloads.map((payload) => ({ ...payload, subjectKeyId })),
  );
}

export async function insertKeyedPayloads(transaction: Transaction, owner: Owner, payloads: readonly KeyedPayload[]): Promise<void> {
  await transaction.payload.createMany({
    data: payloads.map(({ id, subjectKeyId, kind, name, sealed }) => ({
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

export async function notifyOutbox(transaction: Transaction): Promise<void> {
  await transaction.$queryRaw`SELECT pg_notify('vitrine_outbox', '')::text`;
}

/** Inserts an outbox row under the present epoch for each row of `job` that a FROM … WHERE after it picks. */
export const queueAgain = Prisma.sql`
  INSERT INTO outbox (tenant_id, actor, job_id, epoch, queue, method, priority)
  SELECT job.tenant_id, job.actor, job.id, job.lease_epoch, ${familyQueue('')}::text || job.family, job.method,
    CASE job.priority WHEN 'high' THEN ${queuePriority.high}::integer WHEN 'normal' THEN ${queuePriority.normal}::integer ELSE ${queuePriority.low}::integer END`;
