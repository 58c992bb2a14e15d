import type { Principal, Quota } from '#access';
import { isActive, type ModelStore } from '#catalog';
import type { History, KeyRing, StoredRequest } from '#history';
import { ProblemError, type Clock } from '#platform';
import type { KeyMark } from '../idempotency/idempotency-store.js';
import type { Job, JobState } from '../store/job.js';
import type { JobStore } from '../store/job-store.js';
import { draftJob } from './draft-job.js';
import { refuseBeyondQuota } from './refuse-beyond-quota.js';

const retryable: readonly JobState[] = ['FAILED', 'CANCELLED', 'EXPIRED'];

/** Runs the request of a job that came to nothing again, as a new job. */
export class JobRetry {
  constructor(
    private readonly models: ModelStore,
    private readonly keys: KeyRing,
    private readonly history: History,
    private readonly jobs: JobStore,
    private readonly clock: Clock,
    private readonly quota: Quota,
  ) {}

  /**
   * A new job with the same request as it was stored: same version, seed and parameters; no alias is looked up again.
   * Its data belong to the same subject. Null when the tenant has no such job.
   *
   * @throws ProblemError JOB_NOT_RETRYABLE, PAYLOAD_ERASED, MODEL_NOT_ACTIVE or QUOTA_EXCEEDED; KeyTaken
   */
  async retry(principal: Principal, jobId: string, requestId: string, mark: KeyMark<Job> | null = null): Promise<Job | null> {
    const { tenant } = principal;
    await refuseBeyondQuota(this.quota, this.clock, tenant);
    const former = await this.jobs.findSubmitted(tenant, jobId);
    if (former === null) return null;
    const { job } = former;
    if (!retryable.includes(job.state)) throw new ProblemError('JOB_NOT_RETRYABLE', { detail: `the job is ${job.state}` });
    const key = await this.keys.openSubjectKey(tenant, former.subjectKeyId);
    const bytes = key === null ? null : await this.history.openPayload(tenant, key.id, former.requestPayloadId);
    if (key === null || bytes === null) throw new ProblemError('PAYLOAD_ERASED', { detail: 'the request of this job was erased' });
    const version = await this.models.findVersion(tenant, job.model.name, job.model.version);
    if (version === null || !isActive(version))
      throw new ProblemError('MODEL_NOT_ACTIVE', { detail: `${job.model.name} version ${job.model.version} is no longer active` });
    // Written by this platform from a checked request, and authenticated by its seal.
    const stored = JSON.parse(Buffer.from(bytes).toString('utf8')) as StoredRequest;
    const draft = draftJob(this.clock, 'retry', principal, requestId, {
      family: job.family,
      version,
      stored,
      key,
      freshKey: null,
      labels: job.labels,
      priority: job.priority,
      cache: former.cache,
      purpose: former.purpose,
      deadlineSeconds: former.deadlineSeconds,
      retryOf: job.id,
    });
    return this.jobs.create(principal, draft.job, draft.leaf, mark);
  }
}
