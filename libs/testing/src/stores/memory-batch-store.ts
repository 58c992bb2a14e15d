import {
  noJobs,
  stateOf,
  type AuditLeaf,
  type Batch,
  type BatchCancelOutcome,
  type BatchFilter,
  type BatchItem,
  type BatchStore,
  type JobState,
  type KeyMark,
  type NewBatch,
} from '#jobs';
import type { PageCursor } from '#history';
import { hasLabels, pageOf, type MemoryBatch, type MemoryDatabase } from './memory-database.js';
import type { MemoryJobStore } from './memory-job-store.js';

/** Batches in memory; their items are jobs of the job store. */
export class MemoryBatchStore implements BatchStore {
  constructor(
    private readonly database: MemoryDatabase,
    private readonly jobs: MemoryJobStore,
  ) {}

  create(principal: { readonly tenant: string; readonly actor: string }, order: NewBatch, mark: KeyMark<Batch> | null): Promise<Batch> {
    return this.database.within(() => {
      const { tenant, actor } = principal;
      if (mark !== null) this.database.takeKey(tenant, mark.key);
      this.database.subjectKeys.set(order.key.id, { tenant, row: order.key, reference: null });
      const row: MemoryBatch = { tenant, actor, order, createdAt: new Date(this.database.now()), cancelRequestedAt: null };
      this.database.batches.set(order.id, row);
      for (const { job, leaf } of order.jobs) this.jobs.add(principal, job, leaf);
      const batch = this.read(row);
      if (mark !== null) this.database.keepAnswer(tenant, mark, batch);
      return batch;
    });
  }

  find(tenant: string, id: string): Promise<Batch | null> {
    return this.database.within(() => {
      const row = this.own(tenant, id);
      return row === null ? null : this.read(row);
    });
  }

  list(tenant: string, filter: BatchFilter, after: PageCursor | null, limit: number): Promise<readonly Batch[]> {
    return this.database.within(() => {
      const batches = [...this.database.batches.values()].filter((row) => row.tenant === tenant).map((row) => this.read(row));
      return pageOf(
        batches.filter(
          (batch) =>
            (filter.method === undefined || filter.method === batch.method) &&
            (filter.model === undefined || filter.model === batch.model.name) &&
            (filter.createdAfter === undefined || batch.createdAt > filter.createdAfter) &&
            hasLabels(batch.labels, filter.labels),
        ),
        after,
        limit,
      );
    });
  }

  items(tenant: string, id: string, state: JobState | 'REFUSED' | null, after: number, limit: number): Promise<readonly BatchItem[]> {
    return this.database.within(() => {
      const row = this.own(tenant, id);
      if (row === null) return [];
      const jobs = this.jobsOf(row).map((job): BatchItem => ({ index: job.batch?.item ?? 0, job }));
      const refusals = row.order.refusals.map((refusal): BatchItem => ({ index: refusal.index, refusal }));
      return [...jobs, ...refusals]
        .filter((item) => item.index > after && (state === null || state === ('job' in item ? item.job.state : 'REFUSED')))
        .sort((a, b) => a.index - b.index)
        .slice(0, limit);
    });
  }

  findKeyId(tenant: string, id: string): Promise<string | null> {
    return this.database.within(() => this.own(tenant, id)?.order.key.id ?? null);
  }

  async cancel(tenant: string, id: string, leafOf: (jobId: string) => AuditLeaf): Promise<BatchCancelOutcome> {
    const before = await this.find(tenant, id);
    const row = this.own(tenant, id);
    if (before === null || row === null) return { kind: 'absent' };
    if (stateOf(before) === 'FINISHED') return { kind: 'finished', batch: before };
    row.cancelRequestedAt ??= new Date(this.database.now());
    for (const job of this.jobsOf(row)) await this.jobs.cancel(tenant, job.id, leafOf(job.id));
    return { kind: 'accepted', batch: this.read(row) };
  }

  private own(tenant: string, id: string): MemoryBatch | null {
    const row = this.database.batches.get(id);
    return row?.tenant === tenant ? row : null;
  }

  private jobsOf(row: MemoryBatch) {
    return [...this.database.jobs.values()].map(({ job }) => job).filter((job) => job.batch?.id === row.order.id);
  }

  private read(row: MemoryBatch): Batch {
    const { order, tenant, actor, createdAt, cancelRequestedAt } = row;
    const { name, version, sha256, alias } = order.model;
    const jobs = this.jobsOf(row);
    const counts = noJobs();
    for (const job of jobs) counts[job.state] += 1;
    const ends = jobs.map((job) => job.finishedAt?.getTime() ?? null);
    return {
      ...{ id: order.id, tenant, actor, method: order.method, model: { name, version, sha256, alias }, labels: order.labels },
      ...{ priority: order.priority, size: order.size, refused: order.refusals.length, counts, cancelRequestedAt, createdAt },
      finishedAt: ends.includes(null) ? null : new Date(Math.max(...ends.map(Number))),
    };
  }
}
