import { isActive } from '#catalog';
import type { DatasetRequest, Explainer, GlobalExplainer } from '#explainers';
import type { History, KeyRing, StoredRequest, SubjectKey } from '#history';
import type { ProblemCode } from '#platform';
import { createProblem, withRequestContext, type Clock, type Count, type Logger } from '#platform';
import { RunFailure, type ExplainRun, type ModelFiles, type PartRun, type Runner, type RunOptions } from '#runner';
import { loadBackground } from '../data/backgrounds.js';
import type { DatasetReader } from '../data/dataset-reader.js';
import { DatasetWork, type DatasetOrder } from '../parts/dataset-work.js';
import type { PartStore } from '../parts/part-store.js';
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
  readonly explainers: readonly Explainer[];
  readonly jobs: JobStore;
  readonly partStore: PartStore;
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

interface OpenedRequest {
  readonly request: StoredRequest;
  readonly key: SubjectKey;
  readonly model: ModelFiles;
}

type StopReason = 'cancelled' | 'lost' | 'shutdown';

/** Claims a job, has a child process run it, commits what came of it. */
export class JobProcessor {
  private readonly running = new Map<string, (reason: StopReason) => void>();
  private readonly settled = new Set<Promise<void>>();
  private stopping = false;

  private readonly datasetWork: DatasetWork;

  constructor(private readonly parts: ProcessorParts) {
    this.datasetWork = new DatasetWork(parts);
  }

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
      const commit = await this.run(claim, abort.signal, keeper);
      await keeper.stop();
      await commit();
    } catch (error) {
      await keeper.stop();
      await this.fail(claim, stopped, error);
    } finally {
      this.running.delete(jobId);
    }
  }

  /** Does what the claim is for; the answer commits it. */
  private async run(claim: Claim, signal: AbortSignal, keeper: LeaseKeeper): Promise<() => Promise<void>> {
    const { request, model, key } = await this.openRequest(claim);
    const options: RunOptions = {
      deadline: new Date(this.parts.clock.now().getTime() + claim.remainingMs),
      memoryLimitBytes: this.parts.memoryLimitBytes,
      signal,
      onProgress: (progress) => {
        keeper.report(progress);
        this.parts.pass('perturbing');
      },
    };
    const explainer = this.datasetWork.find(claim.method);
    const isCut = explainer !== null && claim.part === null;
    const background = isCut ? {} : await this.loadBackground(claim, request, model);
    const ordered = { ...orderOf(request), ...background };
    if (explainer === null) {
      const run = await this.parts.runner.explain({ method: request.method, request: ordered, model, cache: claim.cache }, options);
      return () => this.succeed(claim, request, key, run);
    }
    const order = { claim, request: ordered as DatasetRequest<unknown>, model };
    if (claim.part !== null) {
      const run = await this.datasetWork.runPart(explainer, order, options);
      return () => this.finishPart(claim, run);
    }
    if (claim.parts === null) return () => this.fanOut(explainer, order);
    const run = await this.datasetWork.fanIn(explainer, order, options);
    return () => this.succeed(claim, request, key, run);
  }

  private loadBackground(claim: Claim, request: StoredRequest, { description }: ModelFiles) {
    return persist(() => loadBackground(this.parts.datasets, claim.principal.tenant, request.params, description));
  }

  private async finishPart(claim: Claim, run: PartRun): Promise<void> {
    this.parts.pass('computed');
    const committed = await this.datasetWork.commitPart(claim, run);
    this.parts.pass('committed');
    if (committed) this.countWork(claim, run);
    else this.discard(claim);
  }

  private async fanOut(explainer: GlobalExplainer, order: DatasetOrder): Promise<void> {
    if (await this.datasetWork.fanOut(explainer, order)) return;
    // Cancelled meanwhile, which no heartbeat has told yet, or taken by a later epoch, in which case this writes nothing.
    await this.fail(order.claim, 'cancelled', new RunFailure({ code: 'CANCELLED', detail: 'cancelled before it was cut into parts' }));
  }

  /** The request of a claimed job, the key of its subject, and its model on this machine. */
  private async openRequest(claim: Claim): Promise<OpenedRequest> {
    const { principal, subjectKeyId, requestPayloadId, sealedRequest, servedBy } = claim;
    const opened =
      sealedRequest === null
        ? null
        : await persist(() => this.parts.history.openSealed(principal.tenant, subjectKeyId, requestPayloadId, sealedRequest));
    if (opened === null) throw new RunFailure({ code: 'PAYLOAD_ERASED', detail: 'the request of this job was erased before it ran' });
    // Written by this platform from a checked request, and authenticated by its seal.
    const request = JSON.parse(Buffer.from(opened.bytes).toString('utf8')) as StoredRequest;
    if (servedBy === null || !isActive(servedBy))
      throw new RunFailure({ code: 'MODEL_NOT_ACTIVE', detail: `${claim.model.name} version ${claim.model.version} is no longer active` });
    const model = { folder: this.parts.locateModel(servedBy.location), description: servedBy.description, files: servedBy.files };
    return { request, model, key: opened.key };
  }

  private async succeed(claim: Claim, request: StoredRequest, key: SubjectKey, run: ExplainRun): Promise<void> {
    const { keys } = this.parts;
    const searchKey = await persist(() => keys.openSearchKey(claim.principal.tenant));
    const { explanation, leaf } = await buildExplanation({ claim, request, run, key, searchKey, clock: this.parts.clock });
    this.parts.pass('computed');
    const committed = await persist(() => this.parts.jobs.commitSuccess(claim, explanation, leaf));
    this.parts.pass('committed');
    if (!committed) {
      const kept = await persist(() => keys.openSubjectKey(claim.principal.tenant, claim.subjectKeyId));
      if (kept === null) throw new RunFailure({ code: 'PAYLOAD_ERASED', detail: 'the data of this job were erased while it ran' });
      this.discard(claim);
      return;
    }
    this.parts.count('vitrine_jobs_ended_total', { method: claim.method, outcome: 'SUCCEEDED' });
    // What its parts took was counted with them.
    if (claim.parts === null) this.countWork(claim, explanation);
    this.parts.logger.info({ jobId: claim.jobId, explanationId: explanation.id, wallMs: run.wallMs }, 'job succeeded');
  }

  private countWork({ method }: Claim, { evaluations, modelRows }: { readonly evaluations: number; readonly modelRows: number }): void {
    this.parts.count('vitrine_evaluations_total', { method }, evaluations);
    this.parts.count('vitrine_model_rows_total', { method }, modelRows);
  }

  private discard({ jobId, epoch }: Claim): void {
    this.parts.count('vitrine_duplicates_discarded_total');
    this.parts.logger.warn({ jobId, epoch, event: 'DUPLICATE_DISCARDED' }, 'result discarded: a later epoch holds the job');
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
    // Nobody but the platform knows of parts: what becomes of one is told of the job it belongs to.
    const subject = claim.part?.parentId ?? claim.jobId;
    const code: ProblemCode = failure?.code ?? 'INTERNAL';
    const problem = cancelled
      ? null
      : createProblem(code, {
          detail: failure?.detail,
          remedy: failure?.remedy ?? null,
          retryable: failure?.retryable,
          instance: `/v1/jobs/${subject}`,
          requestId: claim.requestId,
          errors: failure?.pointer == null ? [] : [{ pointer: failure.pointer, code, detail: failure.detail }],
        });
    const leaf = recordAudit(clock, cancelled ? 'cancel' : 'fail', systemActor(claim), subject, {
      ...(problem === null ? {} : { code: problem.code }),
      attempt: claim.attempt,
      leaseEpoch: claim.epoch,
      worker: claim.worker,
    });
    const committed = await persist(() =>
      jobs.commitEnd(claim, cancelled ? 'CANCELLED' : 'FAILED', problem === null ? null : { ...problem }, leaf),
    );
    // Of parts that were stopped only the whole counts.
    if (committed && (claim.part === null || problem !== null))
      this.parts.count('vitrine_jobs_ended_total', { method: claim.method, outcome: problem?.code ?? 'CANCELLED' });
    logger.info({ jobId: claim.jobId, code: problem?.code ?? 'CANCELLED', committed }, 'job ended without a result');
  }
}

function orderOf({ input, targets, targetPointers, params, seed }: StoredRequest) {
  return { input: input as never, targets: targets as never, ...(targetPointers === undefined ? {} : { targetPointers }), params, seed };
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
