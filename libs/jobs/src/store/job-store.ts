import type { Principal } from '#access';
import type { AuditRecord } from '#audit';
import type { ModelVersion } from '#catalog';
import type { FreshSubjectKey, InputTerms, PageCursor, PayloadRow, SealedBytes, TensorRow } from '#history';
import type { KeyMark } from '../idempotency/idempotency-store.js';
import type { DatasetReference } from '../data/dataset-references.js';
import type { Job, JobProgress, JobState, Priority } from './job.js';

/** A sealed payload with the id its seal is bound to. */
export interface NewPayload {
  readonly id: string;
  readonly kind: 'request' | 'result' | 'tensor' | 'part';
  readonly name: string | null;
  readonly sealed: SealedBytes;
}

export interface NewJob {
  readonly id: string;
  readonly method: string;
  readonly family: string;
  readonly queue: string;
  readonly model: {
    readonly name: string;
    readonly version: string;
    readonly versionId: string;
    readonly sha256: string;
    readonly alias: string | null;
  };
  readonly labels: Readonly<Record<string, string>>;
  readonly priority: Priority;
  readonly seed: number;
  readonly cache: 'use' | 'bypass';
  readonly purpose: string | null;
  readonly deadlineSeconds: number;
  readonly requestId: string;
  readonly request: NewPayload;
  readonly subjectKeyId: string;
  /** A key that this job brings along; null when the subject has one already. */
  readonly freshKey: FreshSubjectKey | null;
  /** Versions of data sets it reads: they stay while it can run. */
  readonly datasets: readonly DatasetReference[];
  /** The job whose request this one runs again. */
  readonly retryOf?: string;
  /** The batch this job is an item of, and its index there. */
  readonly batch?: { readonly id: string; readonly item: number };
}

/** A job with what it was submitted with beside what people see. */
export interface SubmittedJob {
  readonly job: Job;
  readonly cache: 'use' | 'bypass';
  readonly purpose: string | null;
  /** From submission to deadline. */
  readonly deadlineSeconds: number;
  readonly subjectKeyId: string;
  readonly requestPayloadId: string;
}

/** A leaf with the canonical bytes of its record. */
export interface AuditLeaf {
  readonly record: AuditRecord;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The right to run a job: valid while the row still has this epoch. */
export interface Claim {
  readonly jobId: string;
  readonly epoch: number;
  readonly attempt: number;
  readonly worker: string;
  readonly principal: { readonly tenant: string; readonly actor: string };
  readonly requestId: string;
  readonly method: string;
  readonly family: string;
  readonly model: {
    readonly name: string;
    readonly version: string;
    readonly versionId: string;
    readonly sha256: string;
    readonly alias: string | null;
  };
  readonly labels: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly cache: 'use' | 'bypass';
  readonly purpose: string | null;
  readonly subjectKeyId: string;
  readonly requestPayloadId: string;
  /** The request as it rests; null where it is gone. */
  readonly sealedRequest: PayloadRow | null;
  /** The version of the model as it is now; null where it was deleted. */
  readonly servedBy: ModelVersion | null;
  readonly createdAt: Date;
  readonly startedAt: Date;
  readonly deadlineAt: Date;
  /** Milliseconds until the deadline by the database's clock. */
  readonly remainingMs: number;
  /** Which part of which job this is; null for a whole job. */
  readonly part: { readonly parentId: string; readonly index: number } | null;
  /** Parts of this job, all done and to be merged; null for a job that was not cut into parts. */
  readonly parts: number | null;
  /** Done before this claim. */
  readonly progress: JobProgress;
  readonly attempts: readonly AttemptRow[];
}

export interface AttemptRow {
  readonly number: number;
  readonly worker: string;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly outcome: string | null;
}

export interface NewExplanation {
  readonly id: string;
  readonly predictedClass: string | null;
  readonly confidence: number | null;
  readonly inputCommitment: Uint8Array<ArrayBuffer>;
  readonly result: NewPayload;
  readonly tensors: readonly { readonly payload: NewPayload; readonly row: TensorRow }[];
  readonly evaluations: number;
  readonly modelRows: number;
  readonly budget: number;
  readonly estimated: boolean;
  readonly truncated: boolean;
  readonly warningCodes: readonly string[];
  readonly timing: Readonly<Record<string, number>>;
  readonly environment: Readonly<Record<string, unknown>>;
  /** What the full text finds it by. */
  readonly words: InputTerms;
}

export interface JobFilter {
  readonly state?: JobState | undefined;
  readonly method?: string | undefined;
  readonly model?: string | undefined;
  readonly createdAfter?: Date | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

export type CancelOutcome =
  | { readonly kind: 'absent' }
  | { readonly kind: 'terminal'; readonly job: Job }
  /** Now CANCELLED (it had not started), or CANCELLING until its child is gone. */
  | { readonly kind: 'accepted'; readonly job: Job };

/** What a heartbeat learns: still ours, ours but to be cancelled, or taken by a later epoch. */
export type LeaseState = 'held' | 'cancelling' | 'lost';

export interface OutboxEntry {
  readonly id: bigint;
  readonly jobId: string;
  readonly epoch: number;
  readonly queue: string;
  readonly method: string;
  /** As the queue gets it: the job's own and its turn. */
  readonly priority: number;
  /** Place in the order of the queue; 0 while it is not published. */
  readonly turn: number;
}

/** Jobs, their leases and their outbox. Postgres is the truth; all times are the database's. Implemented by persistence. */
export abstract class JobStore {
  /**
   * One transaction: key, payload, job, outbox row, audit leaf, kept answer, NOTIFY.
   *
   * @throws KeyTaken when another request has answered under the mark's key; nothing is written
   */
  abstract create(principal: Principal, job: NewJob, leaf: AuditLeaf, mark?: KeyMark<Job> | null): Promise<Job>;
  abstract find(tenant: string, id: string): Promise<Job | null>;
  abstract findSubmitted(tenant: string, id: string): Promise<SubmittedJob | null>;
  /** Newest first by (createdAt, id), strictly after the cursor; at most `limit`. */
  abstract list(tenant: string, filter: JobFilter, after: PageCursor | null, limit: number): Promise<readonly Job[]>;
  /** `leaf` is written only when this call ends the job. */
  abstract cancel(tenant: string, id: string, leaf: AuditLeaf): Promise<CancelOutcome>;

  /**
   * Compare-and-set: QUEUED, or RUNNING with an expired lease, becomes RUNNING under the next epoch. Null when someone
   * else holds it, it has ended, its deadline has passed, or its attempts are spent.
   */
  abstract claim(id: string, worker: string, leaseSeconds: number, maxAttempts: number): Promise<Claim | null>;
  /** Extends the lease and stores progress. */
  abstract heartbeat(claim: Claim, progress: JobProgress, leaseSeconds: number): Promise<LeaseState>;
  /**
   * One transaction: payloads, explanation, audit leaf, job SUCCEEDED. False when the epoch is no longer ours, or the subject's key was
   * destroyed meanwhile: nothing is written.
   */
  abstract commitSuccess(claim: Claim, explanation: NewExplanation, leaf: AuditLeaf): Promise<boolean>;
  /** Ends the job without a result. False when the epoch is no longer ours. */
  abstract commitEnd(
    claim: Claim,
    state: 'FAILED' | 'CANCELLED',
    error: Readonly<Record<string, unknown>> | null,
    leaf: AuditLeaf,
  ): Promise<boolean>;
  /** Gives the lease back: the job stays RUNNING and is queued again for the next attempt. */
  abstract release(claim: Claim, outcome: string): Promise<boolean>;

  /**
   * Unsent outbox rows, turn by turn between tenants, within one by priority and age. The turn of an entry, which is added to its
   * priority, follows the head of the queue and the tenant's own last one: nobody waits for ever.
   *
   * @param perTenant jobs of one tenant that may wait in one queue
   */
  abstract takeUnsent(limit: number, perTenant: number): Promise<readonly OutboxEntry[]>;
  /** Notes that entries were published, and under which turns. */
  abstract markSent(entries: readonly OutboxEntry[]): Promise<void>;
  /** Sent outbox rows of jobs that nobody holds (QUEUED, or RUNNING with an expired lease), sent more than `olderThanSeconds` ago. */
  abstract findWaiting(olderThanSeconds: number, limit: number): Promise<readonly OutboxEntry[]>;
  /** Queues again every RUNNING job whose lease has expired and that has no unsent outbox row for this epoch; returns their ids. */
  abstract requeueExpiredLeases(maxAttempts: number): Promise<readonly string[]>;
  /** Jobs the reconciler must end: past their deadline with nobody running them, attempts spent, or cancelled and abandoned. */
  abstract findAbandoned(maxAttempts: number, limit: number): Promise<readonly AbandonedJob[]>;
  /** Ends an abandoned job if it is still so. False when it changed meanwhile. */
  abstract endAbandoned(job: AbandonedJob, error: Readonly<Record<string, unknown>> | null, leaf: AuditLeaf): Promise<boolean>;
  /** For a process that owns its database alone: no lease can be alive at start. Returns how many were given up. */
  abstract expireAllLeases(): Promise<number>;
}

export interface AbandonedJob {
  readonly id: string;
  readonly tenant: string;
  readonly actor: string;
  readonly epoch: number;
  readonly attempt: number;
  /** The job that this one is a part of. */
  readonly parentId: string | null;
  readonly verdict: 'EXPIRED' | 'DEADLINE_EXCEEDED' | 'WORKER_LOST' | 'CANCELLED';
}
