import type { AuditLeaf, NewPayload } from '#jobs';
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
