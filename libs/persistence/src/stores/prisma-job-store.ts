import type { Principal } from '#access';
import type { PageCursor } from '#history';
import {
  JobStore,
  type AbandonedJob,
  type AuditLeaf,
  type CancelOutcome,
  type Claim,
  type Job,
  type JobFilter,
  type JobProgress,
  type KeyMark,
  type LeaseState,
  type NewExplanation,
  type NewJob,
  type OutboxEntry,
  type SubmittedJob,
} from '#jobs';
import { EVERY_TENANT, type Database } from '../database/database.js';
import { Prisma, type Job as JobRecord } from '../generated/client.js';
import { cancelJob } from './cancel-job.js';
import { claimJob, releaseJob } from './claim-job.js';
import { commitEnd } from './commit-end.js';
import { commitSuccess } from './commit-success.js';
import { createJob } from './create-job.js';
import { followPart } from './job-parts.js';
import { jobRecord } from './job-record.js';
import { toJob, toSubmittedJob } from './job-rows.js';
import { jobLists } from './condition-lists.js';
import { intersectLists } from './intersect-lists.js';
import { selectUnsent } from './select-unsent.js';
import { endAbandoned, findAbandoned, findWaiting, requeueExpiredLeases } from './upkeep-queries.js';

/** Jobs in PostgreSQL through Prisma. */
export class PrismaJobStore extends JobStore {
  constructor(private readonly database: Database) {
    super();
  }

  override create(principal: Principal, job: NewJob, leaf: AuditLeaf, mark: KeyMark<Job> | null = null): Promise<Job> {
    return createJob(this.database, principal, job, leaf, mark);
  }

  override async find(tenant: string, id: string): Promise<Job | null> {
    const [row] = await this.database.run<JobRecord>(tenant, selectJob(id));
    return row === undefined ? null : toJob(row);
  }

  override async findSubmitted(tenant: string, id: string): Promise<SubmittedJob | null> {
    const [row] = await this.database.run<JobRecord>(tenant, selectJob(id));
    return row === undefined ? null : toSubmittedJob(row);
  }

  override list(tenant: string, filter: JobFilter, after: PageCursor | null, limit: number): Promise<readonly Job[]> {
    return this.database.within(tenant, async (transaction) => {
      const ids = await intersectLists(transaction, jobLists(tenant, filter), { createdAfter: filter.createdAfter, after, limit });
      const rows = new Map((await transaction.job.findMany({ where: { id: { in: [...ids] } } })).map((row) => [row.id, row]));
      return ids.flatMap((id) => rows.get(id) ?? []).map(toJob);
    });
  }

  override cancel(tenant: string, id: string, leaf: AuditLeaf): Promise<CancelOutcome> {
    return this.database.within(tenant, (transaction) => cancelJob(transaction, id, leaf));
  }

  override claim(id: string, worker: string, leaseSeconds: number, maxAttempts: number): Promise<Claim | null> {
    return claimJob(this.database, id, worker, leaseSeconds, maxAttempts);
  }

  override heartbeat(claim: Claim, progress: JobProgress, leaseSeconds: number): Promise<LeaseState> {
    return this.database.within(claim.principal.tenant, async (transaction) => {
      const rows = await transaction.$queryRaw<{ state: string }[]>`
        UPDATE job SET
          lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::double precision),
          progress_done = ${Math.trunc(progress.done)}, progress_total = ${Math.trunc(progress.total)}, progress_phase = ${progress.phase}
        WHERE id = ${claim.jobId}::uuid AND lease_epoch = ${claim.epoch} AND state IN ('RUNNING', 'CANCELLING')
        RETURNING state`;
      const state = rows[0]?.state;
      if (state === 'RUNNING' && claim.part !== null) await followPart(transaction, claim.part.parentId, claim.part.index);
      return state === undefined ? 'lost' : state === 'CANCELLING' ? 'cancelling' : 'held';
    });
  }

  override commitSuccess(claim: Claim, explanation: NewExplanation, leaf: AuditLeaf): Promise<boolean> {
    return commitSuccess(this.database, claim, explanation, leaf);
  }

  override commitEnd(
    claim: Claim,
    state: 'FAILED' | 'CANCELLED',
    error: Readonly<Record<string, unknown>> | null,
    leaf: AuditLeaf,
  ): Promise<boolean> {
    return this.database.within(claim.principal.tenant, (transaction) => commitEnd(transaction, claim, state, error, leaf));
  }

  override release(claim: Claim, outcome: string): Promise<boolean> {
    return this.database.within(claim.principal.tenant, (transaction) => releaseJob(transaction, claim, outcome));
  }

  override takeUnsent(limit: number, perTenant: number): Promise<readonly OutboxEntry[]> {
    return this.database.run(EVERY_TENANT, selectUnsent(limit, perTenant));
  }

  override async markSent(entries: readonly OutboxEntry[]): Promise<void> {
    const ids = entries.map(({ id }) => id);
    const turns = entries.map(({ turn }) => turn);
    // A row that is locked is about to go, because its job was taken or ended. Waiting for it could lock both out.
    await this.database.run(
      EVERY_TENANT,
      Prisma.sql`
        /* mark-sent */
        UPDATE outbox SET sent_at = clock_timestamp(), turn = sent.turn
        FROM unnest(${ids}::bigint[], ${turns}::integer[]) AS sent (id, turn)
        WHERE outbox.id = sent.id AND outbox.id IN (SELECT id FROM outbox WHERE id = ANY(${ids}::bigint[]) FOR UPDATE SKIP LOCKED)`,
    );
  }

  override findWaiting(olderThanSeconds: number, limit: number): Promise<readonly OutboxEntry[]> {
    return this.database.within(EVERY_TENANT, (transaction) => findWaiting(transaction, olderThanSeconds, limit));
  }

  override requeueExpiredLeases(maxAttempts: number): Promise<readonly string[]> {
    return this.database.within(EVERY_TENANT, (transaction) => requeueExpiredLeases(transaction, maxAttempts));
  }

  override findAbandoned(maxAttempts: number, limit: number): Promise<readonly AbandonedJob[]> {
    return this.database.within(EVERY_TENANT, (transaction) => findAbandoned(transaction, maxAttempts, limit));
  }

  override endAbandoned(job: AbandonedJob, error: Readonly<Record<string, unknown>> | null, leaf: AuditLeaf): Promise<boolean> {
    return this.database.within(job.tenant, (transaction) => endAbandoned(transaction, job, error, leaf));
  }

  override expireAllLeases(): Promise<number> {
    return this.database.within(
      EVERY_TENANT,
      (transaction) =>
        transaction.$executeRaw`UPDATE job SET lease_until = clock_timestamp() WHERE state IN ('RUNNING', 'CANCELLING') AND lease_until > clock_timestamp()`,
    );
  }
}

function selectJob(id: string): Prisma.Sql {
  return Prisma.sql`/* find-job */ SELECT ${jobRecord} FROM job WHERE id = ${id}::uuid AND parent_id IS NULL`;
}
