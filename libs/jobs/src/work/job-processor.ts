import type { ModelStore } from '#catalog';
import { isActive } from '#catalog';
import type { History, KeyRing, StoredRequest } from '#history';
import type { ProblemCode } from '#platform';
import { createProblem, withRequestContext, type Clock, type Count, type Logger } from '#platform';
import { RunFailure, type ExplainRun, type Runner } from '#runner';
import { loadBackground } from '../data/backgrounds.js';
import type { DatasetReader } from '../data/dataset-reader.js';
import { recordAudit } from '../request/record-audit.js';
import type { Claim, JobStore } from '../store/job-store.js';
import { StoreUnavailable } from '../store/store-unavailable.js';
import type { PassPoint } from './crash-points.js';
import { LeaseKeeper, type LeaseTiming } from './lease-keeper.js';
import { persist } from './persist.js';
import { buildExplanation } from './build-explanation.js';
import type { Slots } from './slots.js';

/** Runs started for one job, crashes of a whole worker included, before it is given up. */
export const MAX_ATTEMPTS = 3;
/** A model that takes its child down twice will do it again. */
const MAX_CRASHES = 2;

export interface ProcessorParts {
  readonly jobs: JobStore;
  readonly models: ModelStore;
  readonly datasets: DatasetReader;
  readonly keys: KeyRing;
  readonly history: History;
  readonly runner: Runner;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Name of this process in leases and records. */
  readonly worker: string;
  readonly slots: Slots;
  readonly timing: LeaseTiming;
  readonly memoryLimitBytes: number;
  readonly pass: PassPoint;
  readonly count: Count;
  /** The folder of a stored location on this machine. */
  locateModel(location: string): string;
}

type StopReason = 'cancelled' | 'lost' | 'shutdown';

/** Claims a job, has a child process run it, commits what came of it. */
export class JobProcessor {
  private readonly running = new Map<string, (reason: StopReason) => void>();
  private readonly settled = new Set<Promise<void>>();
  private stopping = false;

  constructor(private readonly parts: ProcessorParts) {}

  /** Resolves when this process has done what it can for the job; the job's row says what that was. */
  async process(jobId: string): Promise<void> {
    const release = await this.parts.slots.acquire();
    const work = withRequestContext({ jobId }, () => this.claimAndRun(jobId)).finally(release);
    this.settled.add(work);
    try {
      await work;
    } finally {
      this.settled.delete(work);
    }
  }

  /** Jobs being run now. */
  get busy(): number {
    return this.running.size;
  }

  /** Waits for the running jobs. */
  async drain(): Promise<void> {
    this.stopping = true;
    await Promise.allSettled([...this.settled]);
  }

  /** Kills what still runs and gives the leases back, for another process to go on at once. */
  async giveBack(): Promise<void> {
    this.stopping = true;
    for (const stop of this.running.values()) stop('shutdown');
    await Promise.allSettled([...this.settled]);
  }

  private async claimAndRun(jobId: string): Promise<void> {
    if (this.stopping) return; // the entry stays in the queue's books; the reconciler hands it to another process
    const { jobs, worker, timing, pass } = this.parts;
    pass('received');
    const claim = await persist(() => jobs.claim(jobId, worker, timing.leaseSeconds, MAX_ATTEMPTS));
    if (claim === null) return; // someone else holds it, or it has ended
    pass('claimed');
    await withRequestContext({ requestId: claim.requestId }, () => this.runClaim(claim));
  }

  private async runClaim(claim: Claim): Promise<void> {
    const { jobs, timing } = this.parts;
    const { jobId } = claim;
    this.parts.logger.info({ jobId, method: claim.method, attempt: claim.attempt, epoch: claim.epoch }, 'job started');
    const abort = new AbortController();
    let stopped: StopReason | null = null;
    const stop = (reason: StopReason) => {
      stopped ??= reason;
      abort.abort();
    };
    const keeper = new LeaseKeeper(jobs, claim, timing, this.parts.logger, (state) => stop(state === 'lost' ? 'lost' : 'cancelled'));
    this.running.set(jobId, stop);
    keeper.start();
    try {
      const { request, run } = await this.run(claim, abort.signal, keeper);
      await keeper.stop();
      await this.succeed(claim, request, run);
    } catch (error) {
      await keeper.stop();
      await this.fail(claim, stopped, error);
    } finally {
      this.running.delete(jobId);
    }
  }

  private async run(claim: Claim, signal: AbortSignal, keeper: LeaseKeeper): Promise<{ request: StoredRequest; run: ExplainRun }> {
    const { history, models, runner } = this.parts;
    const tenant = claim.principal.tenant;
    const bytes = await persist(() => history.openPayload(tenant, claim.subjectKeyId, claim.requestPayloadId));
    if (bytes === null) throw new RunFailure({ code: 'PAYLOAD_ERASED', detail: 'the request of this job was erased before it ran' });
    // Written by this platform from a checked request, and authenticated by its seal.
    const request = JSON.parse(Buffer.from(bytes).toString('utf8')) as StoredRequest;
    const version = await persist(() => models.findVersion(tenant, claim.model.name, claim.model.version));
    if (version === null || !isActive(version))
      throw new RunFailure({ code: 'MODEL_NOT_ACTIVE', detail: `${claim.model.name} version ${claim.model.version} is no longer active` });
    const background = await loadBackground(this.parts.datasets, tenant, request.params, version.description);
    const run = await runner.explain(
      {
        method: request.method,
        request: {
          input: request.input as never,
          targets: request.targets as never,
          ...(request.targetPointers === undefined ? {} : { targetPointers: request.targetPointers }),
          params: request.params,
          seed: request.seed,
          ...background,
        },
        model: { folder: this.parts.locateModel(version.location), description: version.description, files: version.files },
        cache: claim.cache,
      },
      {
        deadline: new Date(this.parts.clock.now().getTime() + claim.remainingMs),
        memoryLimitBytes: this.parts.memoryLimitBytes,
        signal,
        onProgress: (progress) => {
          keeper.report(progress);
          this.parts.pass('perturbing');
        },
      },
    );
    return { request, run };
  }

  private async succeed(claim: Claim, request: StoredRequest, run: ExplainRun): Promise<void> {
    const { keys } = this.parts;
    const key = await persist(() => keys.openSubjectKey(claim.principal.tenant, claim.subjectKeyId));
    if (key === null) throw new RunFailure({ code: 'PAYLOAD_ERASED', detail: 'the data of this job were erased while it ran' });
    const searchKey = await persist(() => keys.openSearchKey(claim.principal.tenant));
    const { explanation, leaf } = buildExplanation({ claim, request, run, key, searchKey, clock: this.parts.clock });
    this.parts.pass('computed');
    const committed = await persist(() => this.parts.jobs.commitSuccess(claim, explanation, leaf));
    this.parts.pass('committed');
    const { count, logger } = this.parts;
    if (committed) {
      count('vitrine_jobs_ended_total', { method: claim.method, outcome: 'SUCCEEDED' });
      count('vitrine_evaluations_total', { method: claim.method }, explanation.evaluations);
      count('vitrine_model_rows_total', { method: claim.method }, explanation.modelRows);
      logger.info({ jobId: claim.jobId, explanationId: explanation.id, wallMs: run.wallMs }, 'job succeeded');
    } else {
      count('vitrine_duplicates_discarded_total');
      logger.warn(
        { jobId: claim.jobId, epoch: claim.epoch, event: 'DUPLICATE_DISCARDED' },
        'result discarded: a later epoch holds the job',
      );
    }
  }

  private async fail(claim: Claim, stopped: StopReason | null, error: unknown): Promise<void> {
    const { jobs, logger, clock } = this.parts;
    if (stopped === 'lost') {
      this.parts.count('vitrine_leases_lost_total');
      logger.warn({ jobId: claim.jobId, epoch: claim.epoch }, 'lease lost: another process holds the job');
      return;
    }
    if (stopped === 'shutdown' || (error instanceof RunFailure && error.code === 'SHUTTING_DOWN')) {
      await persist(() => jobs.release(claim, 'SHUTDOWN'));
      return;
    }
    if (error instanceof StoreUnavailable) {
      // Whether a commit arrived cannot be known here: the lease runs out, and whoever claims the job then finds out.
      logger.warn({ jobId: claim.jobId, epoch: claim.epoch }, 'the database stayed away: the job is left to its lease');
      return;
    }
    const failure = error instanceof RunFailure ? error : null;
    if (failure === null) logger.error({ err: error, jobId: claim.jobId }, 'a run failed for a reason that is none of the catalogue');
    const crashes = claim.attempts.filter((attempt) => attempt.outcome === 'MODEL_CRASHED').length + 1;
    if (stopped === null && failure?.code === 'MODEL_CRASHED' && crashes < MAX_CRASHES) {
      logger.warn({ jobId: claim.jobId, attempt: claim.attempt, detail: failure.detail }, 'the child process ended; the job runs again');
      await persist(() => jobs.release(claim, 'MODEL_CRASHED'));
      return;
    }
    const cancelled = stopped === 'cancelled';
    const code: ProblemCode = failure?.code ?? 'INTERNAL';
    const problem = cancelled
      ? null
      : createProblem(code, {
          detail: failure?.detail,
          remedy: failure?.remedy ?? null,
          retryable: failure?.retryable,
          instance: `/v1/jobs/${claim.jobId}`,
          requestId: claim.requestId,
          errors: failure?.pointer == null ? [] : [{ pointer: failure.pointer, code, detail: failure.detail }],
        });
    const leaf = recordAudit(clock, cancelled ? 'cancel' : 'fail', systemActor(claim), claim.jobId, {
      ...(problem === null ? {} : { code: problem.code }),
      attempt: claim.attempt,
      leaseEpoch: claim.epoch,
      worker: claim.worker,
    });
    const committed = await persist(() =>
      jobs.commitEnd(claim, cancelled ? 'CANCELLED' : 'FAILED', problem === null ? null : { ...problem }, leaf),
    );
    if (committed) this.parts.count('vitrine_jobs_ended_total', { method: claim.method, outcome: problem?.code ?? 'CANCELLED' });
    logger.info({ jobId: claim.jobId, code: problem?.code ?? 'CANCELLED', committed }, 'job ended without a result');
  }
}

function systemActor(claim: Claim) {
  return {
    tenant: claim.principal.tenant,
    actorType: 'system' as const,
    actor: claim.worker,
    authMethod: 'none',
    requestId: claim.requestId,
  };
}
