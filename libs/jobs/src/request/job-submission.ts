import { randomInt } from 'node:crypto';
import type { Principal } from '#access';
import { canonicalJson } from '#audit';
import type { ModelStore } from '#catalog';
import type { Explainer } from '#explainers';
import { payloadContext, seal, type KeyRing } from '#history';
import type { Clock } from '#platform';
import { uuidv7 } from 'uuidv7';
import type { KeyMark } from '../idempotency/idempotency-store.js';
import { familyQueue } from '../queue/queue-settings.js';
import type { Job } from '../store/job.js';
import type { JobStore } from '../store/job-store.js';
import type { JobRequest } from './job-request.js';
import { prepareRequest, type PreparedRequest } from './prepare-request.js';
import { recordAudit } from './record-audit.js';

/** Accepts jobs: checks, seals the request, writes everything in one transaction. */
export class JobSubmission {
  constructor(
    private readonly explainers: readonly Explainer[],
    private readonly models: ModelStore,
    private readonly keys: KeyRing,
    private readonly jobs: JobStore,
    private readonly clock: Clock,
  ) {}

  /** @throws ProblemError */
  prepare(principal: Principal, body: JobRequest): Promise<PreparedRequest> {
    return prepareRequest(this.explainers, this.models, principal, body, drawSeed);
  }

  /**
   * @param mark the right to answer under an Idempotency-Key, null without one
   * @throws ProblemError; KeyTaken when another request has answered under the key
   */
  async submit(principal: Principal, body: JobRequest, requestId: string, mark: KeyMark<Job> | null = null): Promise<Job> {
    const { explainer, version, stored } = await this.prepare(principal, body);
    const freshKey = body.subjectRef === undefined ? await this.keys.createSubjectKey(principal.tenant, principal.actor) : null;
    const key = freshKey ?? (await this.keys.subjectKeyOf(principal.tenant, body.subjectRef ?? '', principal.actor));
    const payloadId = uuidv7();
    const sealed = seal(key.dataKey, Buffer.from(canonicalJson(stored), 'utf8'), payloadContext(payloadId));
    const id = uuidv7();
    const leaf = recordAudit(this.clock, 'submit', auditWho(principal, requestId), id, {
      method: stored.method,
      model: { ...stored.model, files: version.files },
      seed: stored.seed,
      requestCommitment: Buffer.from(sealed.commitment).toString('hex'),
      subjectKeyId: key.id,
      purpose: body.purpose,
      priority: body.priority,
      deadlineSeconds: body.deadlineSeconds,
    });
    return this.jobs.create(
      principal,
      {
        id,
        method: explainer.method,
        family: explainer.family,
        queue: familyQueue(explainer.family),
        model: { name: version.model, version: version.version, versionId: version.id, sha256: version.sha256, alias: stored.model.alias },
        labels: body.labels,
        priority: body.priority,
        seed: stored.seed,
        cache: body.cache,
        purpose: body.purpose ?? null,
        deadlineSeconds: body.deadlineSeconds,
        requestId,
        request: { id: payloadId, kind: 'request', name: null, sealed },
        subjectKeyId: key.id,
        freshKey,
      },
      leaf,
      mark,
    );
  }

  /** Ends a waiting job, or asks a running one to stop. */
  async cancel(principal: Principal, jobId: string, requestId: string) {
    return this.jobs.cancel(principal.tenant, jobId, recordAudit(this.clock, 'cancel', auditWho(principal, requestId), jobId, {}));
  }
}

export function auditWho(principal: Principal, requestId: string | null) {
  const { tenant, actorType, actor, authMethod, keyId } = principal;
  return { tenant, actorType, actor, authMethod, ...(keyId === null ? {} : { keyId }), requestId };
}

// crypto.randomInt reaches 2^48 - 1, which is seed enough and stays inside the documented range.
function drawSeed(): number {
  return randomInt(2 ** 48 - 1);
}
