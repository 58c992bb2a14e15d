import type { Principal, Quota } from '#access';
import type { DatasetVersion, ModelStore } from '#catalog';
import type { ExplainInput, Explainer, Table } from '#explainers';
import type { KeyRing } from '#history';
import type { Clock } from '#platform';
import { loadBackground } from '../data/backgrounds.js';
import type { StoredData } from '../data/stored-data.js';
import type { KeyMark } from '../idempotency/idempotency-store.js';
import type { Job } from '../store/job.js';
import type { JobStore } from '../store/job-store.js';
import { passAll, type PassPoint } from '../work/crash-points.js';
import type { JobRequest } from './job-request.js';
import { auditWho } from './audit-who.js';
import { draftJob } from './draft-job.js';
import { drawSeed } from './draw-seed.js';
import { prepareRequest, type PreparedRequest } from './prepare-request.js';
import { refuseBeyondQuota } from './refuse-beyond-quota.js';
import { recordAudit } from './record-audit.js';

// Enough for an estimate, few enough for someone who waits.
const SAMPLED_ROWS = 20;

/** Accepts jobs: checks, seals the request, writes everything in one transaction. */
export class JobSubmission {
  constructor(
    private readonly explainers: readonly Explainer[],
    private readonly models: ModelStore,
    private readonly keys: KeyRing,
    private readonly jobs: JobStore,
    private readonly clock: Clock,
    private readonly quota: Quota,
    private readonly data: StoredData,
    private readonly pass: PassPoint = passAll,
  ) {}

  /** @throws ProblemError */
  prepare(principal: Principal, body: JobRequest): Promise<PreparedRequest> {
    return prepareRequest(this.explainers, this.models, this.data, principal, body, drawSeed);
  }

  /** The rows that a prepared request's background names. @throws RunFailure */
  async loadBackground(principal: Principal, { request, version }: PreparedRequest): Promise<{ readonly background?: Table }> {
    return loadBackground(this.data.datasets, principal.tenant, request.params, version.description);
  }

  /** The first few of the rows that a prepared request asks for. */
  async sampleRows(principal: Principal, dataset: DatasetVersion, [from, to]: readonly [number, number]): Promise<readonly ExplainInput[]> {
    return (await this.data.datasets.readRows(principal.tenant, dataset.id, from, Math.min(to, from + SAMPLED_ROWS))) ?? [];
  }

  /**
   * @param mark the right to answer under an Idempotency-Key, null without one
   * @throws ProblemError; KeyTaken when another request has answered under the key
   */
  async submit(principal: Principal, body: JobRequest, requestId: string, mark: KeyMark<Job> | null = null): Promise<Job> {
    await refuseBeyondQuota(this.quota, this.clock, principal.tenant);
    const prepared = await this.prepare(principal, body);
    const { explainer, version, stored } = prepared;
    const freshKey = body.subjectRef === undefined ? await this.keys.createSubjectKey(principal.tenant, principal.actor) : null;
    const key = freshKey ?? (await this.keys.subjectKeyOf(principal.tenant, body.subjectRef ?? '', principal.actor));
    const draft = draftJob(this.clock, 'submit', principal, requestId, {
      family: explainer.family,
      version,
      stored,
      key,
      freshKey,
      labels: body.labels,
      priority: body.priority,
      cache: body.cache,
      purpose: body.purpose ?? null,
      deadlineSeconds: body.deadlineSeconds,
    });
    const job = await this.jobs.create(principal, draft.job, draft.leaf, mark);
    this.pass('accepted');
    return job;
  }

  /** Ends a waiting job, or asks a running one to stop. */
  async cancel(principal: Principal, jobId: string, requestId: string) {
    return this.jobs.cancel(principal.tenant, jobId, recordAudit(this.clock, 'cancel', auditWho(principal, requestId), jobId, {}));
  }
}
