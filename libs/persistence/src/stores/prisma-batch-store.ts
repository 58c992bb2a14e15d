import type { Principal } from '#access';
import type { PageCursor } from '#history';
import {
  BatchStore,
  stateOf,
  type AuditLeaf,
  type Batch,
  type BatchCancelOutcome,
  type BatchFilter,
  type BatchItem,
  type JobState,
  type KeyMark,
  type NewBatch,
} from '#jobs';
import type { Database, Transaction } from '../database/database.js';
import { readBatches } from './batch-rows.js';
import { cancelJobsOfBatch } from './cancel-job.js';
import { createBatch } from './create-batch.js';
import { toJob } from './job-rows.js';
import { afterCursor } from './keyset.js';

/** Batches in PostgreSQL; their items are jobs. */
export class PrismaBatchStore extends BatchStore {
  constructor(private readonly database: Database) {
    super();
  }

  override create(principal: Principal, batch: NewBatch, mark: KeyMark<Batch> | null): Promise<Batch> {
    return this.database.within(principal.tenant, (transaction) => createBatch(transaction, principal, batch, mark));
  }

  override find(tenant: string, id: string): Promise<Batch | null> {
    return this.database.within(tenant, async (transaction) => (await readBatches(transaction, { id }, 1))[0] ?? null);
  }

  override list(tenant: string, filter: BatchFilter, after: PageCursor | null, limit: number): Promise<readonly Batch[]> {
    const where = {
      tenantId: tenant,
      ...(filter.method === undefined ? {} : { method: filter.method }),
      ...(filter.model === undefined ? {} : { modelName: filter.model }),
      ...(filter.createdAfter === undefined ? {} : { createdAt: { gt: filter.createdAfter } }),
      // Batches are few where jobs are many: their labels need no lists of their own.
      AND: [...Object.entries(filter.labels).map(([key, value]) => ({ labels: { path: [key], equals: value } })), ...afterCursor(after)],
    };
    return this.database.within(tenant, (transaction) => readBatches(transaction, where, limit));
  }

  override items(
    tenant: string,
    id: string,
    state: JobState | 'REFUSED' | null,
    after: number,
    limit: number,
  ): Promise<readonly BatchItem[]> {
    return this.database.within(tenant, async (transaction) => {
      const jobs = state === 'REFUSED' ? [] : await readJobs(transaction, id, state, after, limit);
      const refused = state === null || state === 'REFUSED' ? await readRefusals(transaction, id, after, limit) : [];
      return [...jobs, ...refused].sort((a, b) => a.index - b.index).slice(0, limit);
    });
  }

  override findKeyId(tenant: string, id: string): Promise<string | null> {
    return this.database.within(tenant, async (transaction) => {
      const row = await transaction.batch.findUnique({ where: { id }, select: { subjectKeyId: true } });
      return row?.subjectKeyId ?? null;
    });
  }

  override cancel(tenant: string, id: string, leafOf: (jobId: string) => AuditLeaf): Promise<BatchCancelOutcome> {
    return this.database.within(tenant, async (transaction): Promise<BatchCancelOutcome> => {
      await transaction.$queryRaw`SELECT id FROM batch WHERE id = ${id}::uuid FOR UPDATE`;
      const read = async () => (await readBatches(transaction, { id }, 1))[0];
      const before = await read();
      if (before === undefined) return { kind: 'absent' };
      if (stateOf(before) === 'FINISHED') return { kind: 'finished', batch: before };
      await transaction.$executeRaw`
        UPDATE batch SET cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp()) WHERE id = ${id}::uuid`;
      await cancelJobsOfBatch(transaction, before, id, leafOf);
      return { kind: 'accepted', batch: (await read()) ?? before };
    });
  }
}

async function readJobs(
  transaction: Transaction,
  batchId: string,
  state: JobState | null,
  after: number,
  limit: number,
): Promise<BatchItem[]> {
  const rows = await transaction.job.findMany({
    where: { batchId, batchItem: { gt: after }, ...(state === null ? {} : { state }) },
    orderBy: { batchItem: 'asc' },
    take: limit,
  });
  return rows.map((row) => ({ index: row.batchItem ?? 0, job: toJob(row) }));
}

async function readRefusals(transaction: Transaction, batchId: string, after: number, limit: number): Promise<BatchItem[]> {
  const rows = await transaction.batchRefusal.findMany({
    where: { batchId, item: { gt: after } },
    orderBy: { item: 'asc' },
    take: limit,
  });
  return rows.map(({ item, code, nonce, ciphertext }) => ({ index: item, refusal: { index: item, code, nonce, ciphertext } }));
}
