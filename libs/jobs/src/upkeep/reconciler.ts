import { createProblem, type Clock, type Logger, type ProblemCode } from '#platform';
import type { JobQueues } from '../queue/job-queues.js';
import type { IdempotencyStore } from '../idempotency/idempotency-store.js';
import { recordAudit } from '../request/record-audit.js';
import type { AbandonedJob, JobStore } from '../store/job-store.js';
import type { Leadership } from '../store/notices.js';
import { MAX_ATTEMPTS } from '../work/job-processor.js';
import { UPKEEP_DUTY } from './outbox-relay.js';

export interface ReconcilerTiming {
  readonly intervalMs: number;
  /** Seconds after which an entry that nobody took is looked for in the queue. */
  readonly patienceSeconds: number;
}
export const reconcilerTiming: ReconcilerTiming = { intervalMs: 5000, patienceSeconds: 5 };

const BATCH = 500;
/** Kept answers are promised for 24 hours. */
const ANSWER_HOURS = 25;

/** What one round mended. */
export interface ReconcilerReport {
  readonly requeued: number;
  readonly republished: number;
  readonly ended: number;
}

/**
 * Mends what any crash left: leases that ran out, queue entries that are gone, jobs nobody will run any more. PostgreSQL is
 * the truth; the queue may be lost entirely. Runs every 5 s in the leading gateway.
 */
export class Reconciler {
  private timer: NodeJS.Timeout | undefined;
  private current: Promise<unknown> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly jobs: JobStore,
    private readonly answers: IdempotencyStore,
    private readonly queues: JobQueues,
    private readonly leadership: Leadership,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly timing: ReconcilerTiming = reconcilerTiming,
  ) {}

  start(): void {
    this.timer = setTimeout(() => {
      this.current = this.round().finally(() => {
        if (!this.stopped) this.start();
      });
    }, this.timing.intervalMs);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.current;
  }

  /** One pass over everything that could be stuck. */
  async reconcile(): Promise<ReconcilerReport> {
    let ended = 0;
    for (const job of await this.jobs.findAbandoned(MAX_ATTEMPTS, BATCH)) if (await this.end(job)) ended += 1;
    const requeued = (await this.jobs.requeueExpiredLeases(MAX_ATTEMPTS)).length;
    const lost = [];
    for (const entry of await this.jobs.findWaiting(this.timing.patienceSeconds, BATCH))
      if (!(await this.queues.has(entry))) lost.push(entry);
    if (lost.length > 0) await this.queues.publish(lost);
    return { requeued, republished: lost.length, ended };
  }

  private async round(): Promise<void> {
    try {
      if (!(await this.leadership.holds(UPKEEP_DUTY))) return;
      await this.answers.forget(ANSWER_HOURS);
      const report = await this.reconcile();
      if (report.requeued + report.republished + report.ended > 0) this.logger.info({ ...report }, 'reconciled');
    } catch (error) {
      this.logger.warn({ err: error }, 'a reconciler round failed; the next one follows');
    }
  }

  private end(job: AbandonedJob): Promise<boolean> {
    const codes: Readonly<Record<Exclude<AbandonedJob['verdict'], 'CANCELLED'>, ProblemCode>> = {
      EXPIRED: 'EXPIRED_BEFORE_START',
      DEADLINE_EXCEEDED: 'DEADLINE_EXCEEDED',
      WORKER_LOST: 'WORKER_LOST',
    };
    const problem =
      job.verdict === 'CANCELLED' ? null : createProblem(codes[job.verdict], { instance: `/v1/jobs/${job.parentId ?? job.id}` });
    const event = job.verdict === 'CANCELLED' ? 'cancel' : job.verdict === 'EXPIRED' ? 'expire' : 'fail';
    const leaf = recordAudit(
      this.clock,
      event,
      { tenant: job.tenant, actorType: 'system', actor: 'reconciler', authMethod: 'none', requestId: null },
      job.parentId ?? job.id,
      {
        verdict: job.verdict,
        attempt: job.attempt,
        leaseEpoch: job.epoch,
      },
    );
    return this.jobs.endAbandoned(job, problem === null ? null : { ...problem }, leaf);
  }
}
