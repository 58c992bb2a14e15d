import { canonicalJson, type AuditEvent } from '#audit';
import type { Principal } from '#access';
import type { ActiveVersion } from '#catalog';
import { payloadContext, seal, type FreshSubjectKey, type StoredRequest, type SubjectKey } from '#history';
import type { Clock } from '#platform';
import { uuidv7 } from 'uuidv7';
import { datasetReferences } from '../data/dataset-references.js';
import { familyQueue } from '../queue/queue-settings.js';
import type { Priority } from '../store/job.js';
import type { AuditLeaf, NewJob } from '../store/job-store.js';
import { auditWho } from './audit-who.js';
import { recordAudit } from './record-audit.js';

/** A complete request with the conditions it runs under. */
export interface JobOrder {
  readonly family: string;
  readonly version: ActiveVersion;
  readonly stored: StoredRequest;
  /** Of the subject the data belong to. */
  readonly key: SubjectKey;
  /** The same key where it is new and its row comes with the job. */
  readonly freshKey: FreshSubjectKey | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly priority: Priority;
  readonly cache: 'use' | 'bypass';
  readonly purpose: string | null;
  readonly deadlineSeconds: number;
  readonly retryOf?: string;
}

export interface JobDraft {
  readonly job: NewJob;
  readonly leaf: AuditLeaf;
}

/** A job that can be written: its request sealed, its audit leaf made. */
export function draftJob(
  clock: Clock,
  event: AuditEvent & ('submit' | 'retry'),
  principal: Principal,
  requestId: string,
  order: JobOrder,
): JobDraft {
  const { version, stored, key } = order;
  const payloadId = uuidv7();
  const sealed = seal(key.dataKey, Buffer.from(canonicalJson(stored), 'utf8'), payloadContext(payloadId));
  const id = uuidv7();
  const datasets = datasetReferences(stored);
  const leaf = recordAudit(clock, event, auditWho(principal, requestId), id, {
    method: stored.method,
    model: { ...stored.model, files: version.files },
    seed: stored.seed,
    requestCommitment: Buffer.from(sealed.commitment).toString('hex'),
    subjectKeyId: key.id,
    purpose: order.purpose ?? undefined,
    priority: order.priority,
    deadlineSeconds: order.deadlineSeconds,
    retryOf: order.retryOf,
    ...(datasets.length === 0 ? {} : { datasets }),
  });
  const job: NewJob = {
    id,
    method: stored.method,
    family: order.family,
    queue: familyQueue(order.family),
    model: { name: version.model, version: version.version, versionId: version.id, sha256: version.sha256, alias: stored.model.alias },
    labels: order.labels,
    priority: order.priority,
    seed: stored.seed,
    cache: order.cache,
    purpose: order.purpose,
    deadlineSeconds: order.deadlineSeconds,
    requestId,
    request: { id: payloadId, kind: 'request', name: null, sealed },
    subjectKeyId: key.id,
    freshKey: order.freshKey,
    datasets,
    ...(order.retryOf === undefined ? {} : { retryOf: order.retryOf }),
  };
  return { job, leaf };
}
