import type {
  AbandonedJob,
  AuditLeaf,
  CancelOutcome,
  Claim,
  Job,
  JobFilter,
  JobProgress,
  JobStore,
  KeyMark,
  LeaseState,
  NewExplanation,
  NewJob,
  OutboxEntry,
  SubmittedJob,
} from '#jobs';
import type { PageCursor } from '#history';
import { isEnded, MemoryJobRows } from './memory-job-rows.js';
import { toClaim } from './memory-claim.js';
import { hasLabels, pageOf, type MemoryDatabase, type MemoryJob } from './memory-database.js';

interface Caller {
  readonly tenant: string;
  readonly actor: string;
}

/** Jobs, leases and outbox in memory, by the rules of the PostgreSQL adapter. */
export class MemoryJobStore implements JobStore {
  private readonly rows: MemoryJobRows;

  constructor(private readonly database: MemoryDatabase) {
    this.rows = new MemoryJobRows(database);
  }

  create(principal: Caller, order: NewJob, leaf: AuditLeaf, mark: KeyMark<Job> | null = null): Promise<Job> {
    return this.database.within(() => {
      if (mark !== null) this.database.takeKey(principal.tenant, mark.key);
      const job = this.add(principal, order, leaf);
      if (mark !== null) this.database.keepAnswer(principal.tenant, mark, job);
      return job;
    });
  }

  /** What a transaction writes for a new job. */
  add(principal: Caller, order: NewJob, leaf: AuditLeaf): Job {
    const now = this.database.now();
    if (order.freshKey !== null)
      this.database.subjectKeys.set(order.freshKey.id, { tenant: principal.tenant, row: order.freshKey, reference: null });
    this.database.payloads.set(order.request.id, { tenant: principal.tenant, subjectKeyId: order.subjectKeyId, payload: order.request });
    const job: Job = {
      id: order.id,
      ...principalOf(principal),
      method: order.method,
      family: order.family,
      model: { name: order.model.name, version: order.model.version, sha256: order.model.sha256, alias: order.model.alias },
      labels: order.labels,
      priority: order.priority,
      seed: order.seed,
      state: 'QUEUED',
      retryOf: order.retryOf ?? null,
      batch: order.batch ?? null,
      progress: { done: 0, total: 0, phase: 'queued' },
      attempt: 0,
      createdAt: new Date(now),
      startedAt: null,
      finishedAt: null,
      deadlineAt: new Date(now + order.deadlineSeconds * 1000),
      explanationId: null,
      warningCodes: [],
      error: null,
    };
    const row: MemoryJob = {
      job,
      order,
      epoch: 0,
      leaseUntil: null,
      worker: null,
      attempts: [],
      events: [{ sequence: 1, kind: 'state', job }],
    };
    this.database.jobs.set(job.id, row);
    this.database.leaves.push(leaf);
    this.rows.publish(row);
    return job;
  }

  find(tenant: string, id: string): Promise<Job | null> {
    return this.database.within(() => {
      const job = this.database.jobs.get(id)?.job;
      return job?.tenant === tenant ? job : null;
    });
  }

  findSubmitted(tenant: string, id: string): Promise<SubmittedJob | null> {
    return this.database.within(() => {
      const row = this.database.jobs.get(id);
      if (row?.job.tenant !== tenant) return null;
      const { cache, purpose, deadlineSeconds, subjectKeyId, request } = row.order;
      return { job: row.job, cache, purpose, deadlineSeconds, subjectKeyId, requestPayloadId: request.id };
    });
  }

  list(tenant: string, filter: JobFilter, after: PageCursor | null, limit: number): Promise<readonly Job[]> {
    return this.database.within(() => {
      const jobs = [...this.database.jobs.values()].map((row) => row.job).filter((job) => job.tenant === tenant && matches(job, filter));
      return pageOf(jobs, after, limit);
    });
  }

  cancel(tenant: string, id: string, leaf: AuditLeaf): Promise<CancelOutcome> {
    return this.database.within((): CancelOutcome => {
      const row = this.database.jobs.get(id);
      if (row?.job.tenant !== tenant) return { kind: 'absent' };
      if (isEnded(row.job)) return { kind: 'terminal', job: row.job };
      if (row.job.state === 'QUEUED') {
        this.database.leaves.push(leaf);
        this.rows.end(row, { state: 'CANCELLED' });
      } else {
        this.rows.change(row, { state: 'CANCELLING' });
      }
      return { kind: 'accepted', job: row.job };
    });
  }

  claim(id: string, worker: string, leaseSeconds: number, maxAttempts: number): Promise<Claim | null> {
    return this.database.within(() => {
      const row = this.database.jobs.get(id);
      const now = this.database.now();
      if (row === undefined || !this.rows.isFree(row) || row.job.attempt >= maxAttempts || this.rows.isLate(row)) return null;
      this.rows.closeAttempt(row, 'LEASE_EXPIRED');
      const before = [...row.attempts];
      row.epoch += 1;
      row.worker = worker;
      row.leaseUntil = now + leaseSeconds * 1000;
      this.rows.change(row, {
        state: 'RUNNING',
        attempt: row.job.attempt + 1,
        startedAt: row.job.startedAt ?? new Date(now),
        progress: { ...row.job.progress, phase: 'starting' },
      });
      row.attempts.push({ number: row.job.attempt, worker, startedAt: new Date(now), endedAt: null, outcome: null });
      return toClaim(row, worker, row.job.deadlineAt.getTime() - now, before, {
        sealedRequest: this.database.payload(row.job.tenant, row.order.request.id),
        servedBy: this.database.version(row.job.tenant, row.order.model.name, row.order.model.version),
      });
    });
  }

  heartbeat(claim: Claim, progress: JobProgress, leaseSeconds: number): Promise<LeaseState> {
    return this.database.within((): LeaseState => {
      const row = this.rows.held(claim);
      if (row === null) return 'lost';
      row.leaseUntil = this.database.now() + leaseSeconds * 1000;
      this.rows.change(row, { progress: { done: Math.trunc(progress.done), total: Math.trunc(progress.total), phase: progress.phase } });
      return row.job.state === 'CANCELLING' ? 'cancelling' : 'held';
    });
  }

  commitSuccess(claim: Claim, explanation: NewExplanation, leaf: AuditLeaf): Promise<boolean> {
    return this.database.within(() => {
      const row = this.rows.held(claim);
      if (row?.job.state !== 'RUNNING' || this.database.subjectKeys.get(claim.subjectKeyId)?.row.wrappedKey == null) return false;
      const { tenant, actor } = claim.principal;
      for (const payload of [explanation.result, ...explanation.tensors.map((tensor) => tensor.payload)])
        this.database.payloads.set(payload.id, { tenant, subjectKeyId: claim.subjectKeyId, payload });
      const { result, tensors, words, inputCommitment: _commitment, ...metadata } = explanation;
      this.database.words.set(explanation.id, words);
      this.database.explanations.set(explanation.id, {
        ...metadata,
        tenant,
        actor,
        jobId: claim.jobId,
        method: claim.method,
        modelName: claim.model.name,
        modelVersion: claim.model.version,
        modelSha256: claim.model.sha256,
        labels: claim.labels,
        subjectKeyId: claim.subjectKeyId,
        resultPayloadId: result.id,
        tensors: tensors.map((tensor) => tensor.row),
        createdAt: new Date(this.database.now()),
        searchable: words.complete ? 'all' : 'part',
        erasure: null,
      });
      this.database.leaves.push(leaf);
      this.rows.closeAttempt(row, 'SUCCEEDED');
      this.rows.end(row, {
        state: 'SUCCEEDED',
        explanationId: explanation.id,
        warningCodes: explanation.warningCodes,
        progress: { done: explanation.evaluations, total: explanation.evaluations, phase: 'done' },
      });
      return true;
    });
  }

  commitEnd(
    claim: Claim,
    state: 'FAILED' | 'CANCELLED',
    error: Readonly<Record<string, unknown>> | null,
    leaf: AuditLeaf,
  ): Promise<boolean> {
    return this.database.within(() => {
      const row = this.rows.held(claim);
      if (row === null) return false;
      this.database.leaves.push(leaf);
      this.rows.closeAttempt(row, error === null ? state : String(error['code']));
      this.rows.end(row, { state, error });
      return true;
    });
  }

  release(claim: Claim, outcome: string): Promise<boolean> {
    return this.database.within(() => {
      const row = this.rows.held(claim);
      if (row?.job.state !== 'RUNNING') return false;
      row.leaseUntil = this.database.now();
      this.rows.closeAttempt(row, outcome);
      this.rows.change(row, { progress: { ...row.job.progress, phase: 'queued' } });
      this.rows.publish(row);
      return true;
    });
  }

  takeUnsent(limit: number, perTenant: number): Promise<readonly OutboxEntry[]> {
    return this.database.within(() => {
      const lineOf = (entry: OutboxEntry) => JSON.stringify([this.database.jobs.get(entry.jobId)?.job.tenant, entry.queue]);
      const sent = this.database.outbox.filter((entry) => entry.sentAt !== null);
      const places = sent.map(({ queue, priority, turn }) => ({ queue, place: priority + turn, turn })).sort((a, b) => a.place - b.place);
      const ahead: { readonly line: string; readonly priority: number; readonly turn: number }[] = sent.map((entry) => ({
        ...{ priority: entry.priority, turn: entry.turn },
        line: lineOf(entry),
      }));
      const taken: OutboxEntry[] = [];
      const unsent = this.database.outbox.filter((entry) => entry.sentAt === null);
      for (const entry of unsent.sort((a, b) => a.priority - b.priority || Number(a.id - b.id))) {
        const line = ahead.filter((one) => one.line === lineOf(entry));
        if (line.length >= perTenant) continue;
        const head = places.find(({ queue }) => queue === entry.queue)?.turn ?? 0;
        const turn = 1 + Math.max(head, ...line.filter((one) => one.priority === entry.priority).map((one) => one.turn));
        ahead.push({ line: lineOf(entry), priority: entry.priority, turn });
        taken.push({ ...entry, turn, priority: entry.priority + turn });
      }
      return taken.sort((a, b) => a.priority - b.priority || Number(a.id - b.id)).slice(0, limit);
    });
  }

  markSent(entries: readonly OutboxEntry[]): Promise<void> {
    return this.database.within(() => {
      for (const { id, turn } of entries) {
        const row = this.database.outbox.find((entry) => entry.id === id);
        if (row !== undefined) Object.assign(row, { turn, sentAt: this.database.now() });
      }
    });
  }

  findWaiting(olderThanSeconds: number, limit: number): Promise<readonly OutboxEntry[]> {
    return this.database.within(() => {
      const now = this.database.now();
      return this.database.outbox
        .filter((entry) => {
          const row = this.database.jobs.get(entry.jobId);
          return (
            row?.epoch === entry.epoch &&
            this.rows.isFree(row) &&
            !this.rows.isLate(row) &&
            entry.sentAt !== null &&
            entry.sentAt < now - olderThanSeconds * 1000
          );
        })
        .slice(0, limit);
    });
  }

  requeueExpiredLeases(maxAttempts: number): Promise<readonly string[]> {
    return this.database.within(() => {
      const rows = [...this.database.jobs.values()].filter(
        (row) =>
          row.job.state === 'RUNNING' &&
          this.rows.isFree(row) &&
          row.job.attempt < maxAttempts &&
          !this.rows.isLate(row) &&
          !this.database.outbox.some((entry) => entry.jobId === row.job.id && entry.epoch === row.epoch),
      );
      for (const row of rows) this.rows.publish(row);
      return rows.map((row) => row.job.id);
    });
  }

  findAbandoned(maxAttempts: number, limit: number): Promise<readonly AbandonedJob[]> {
    return this.database.within(() =>
      [...this.database.jobs.values()]
        .flatMap((row): AbandonedJob[] => {
          const verdict = this.rows.judge(row, maxAttempts);
          const { id, tenant, actor, attempt } = row.job;
          return verdict === null ? [] : [{ id, tenant, actor, epoch: row.epoch, attempt, parentId: null, verdict }];
        })
        .slice(0, limit),
    );
  }

  endAbandoned(job: AbandonedJob, error: Readonly<Record<string, unknown>> | null, leaf: AuditLeaf): Promise<boolean> {
    return this.database.within(() => {
      const row = this.database.jobs.get(job.id);
      if (row?.epoch !== job.epoch || isEnded(row.job) || (row.job.state !== 'QUEUED' && !this.rows.isOverdue(row))) return false;
      row.epoch += 1;
      this.database.leaves.push(leaf);
      this.rows.closeAttempt(row, job.verdict);
      this.rows.end(row, { state: job.verdict === 'CANCELLED' || job.verdict === 'EXPIRED' ? job.verdict : 'FAILED', error });
      return true;
    });
  }

  expireAllLeases(): Promise<number> {
    return this.database.within(() => {
      const held = [...this.database.jobs.values()].filter(
        (row) => !isEnded(row.job) && row.job.state !== 'QUEUED' && !this.rows.isOverdue(row),
      );
      for (const row of held) row.leaseUntil = this.database.now();
      return held.length;
    });
  }
}

function principalOf({ tenant, actor }: Caller): Caller {
  return { tenant, actor };
}

function matches(job: Job, filter: JobFilter): boolean {
  return (
    (filter.state === undefined || filter.state === job.state) &&
    (filter.method === undefined || filter.method === job.method) &&
    (filter.model === undefined || filter.model === job.model.name) &&
    (filter.createdAfter === undefined || job.createdAt > filter.createdAfter) &&
    hasLabels(job.labels, filter.labels)
  );
}
