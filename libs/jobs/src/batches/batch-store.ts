import type { Principal } from '#access';
import type { FreshSubjectKey, PageCursor } from '#history';
import type { KeyMark } from '../idempotency/idempotency-store.js';
import type { Job, JobState, Priority } from '../store/job.js';
import type { AuditLeaf, NewJob } from '../store/job-store.js';
import type { Batch } from './batch.js';

/** An item that could not become a job. Its problem document is sealed: it may quote what was sent. */
export interface Refusal {
  readonly index: number;
  /** Code of the problem. */
  readonly code: string;
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly ciphertext: Uint8Array<ArrayBuffer>;
}

export interface NewBatch {
  readonly id: string;
  readonly method: string;
  readonly model: NewJob['model'];
  readonly labels: Readonly<Record<string, string>>;
  readonly priority: Priority;
  readonly size: number;
  readonly requestId: string;
  /** Seals the refusals. */
  readonly key: FreshSubjectKey;
  readonly jobs: readonly { readonly index: number; readonly job: NewJob; readonly leaf: AuditLeaf }[];
  readonly refusals: readonly Refusal[];
}

export interface BatchFilter {
  readonly method?: string | undefined;
  readonly model?: string | undefined;
  readonly createdAfter?: Date | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

export type BatchItem = { readonly index: number; readonly job: Job } | { readonly index: number; readonly refusal: Refusal };

export type BatchCancelOutcome =
  | { readonly kind: 'absent' }
  /** Every job had ended before. */
  | { readonly kind: 'finished'; readonly batch: Batch }
  | { readonly kind: 'accepted'; readonly batch: Batch };

/** Batches of one tenant. Implemented by persistence. */
export abstract class BatchStore {
  /**
   * One transaction: keys, payloads, batch, jobs, refusals, outbox rows, audit leaves, kept answer, NOTIFY.
   *
   * @throws KeyTaken when another request has answered under the mark's key; nothing is written
   */
  abstract create(principal: Principal, batch: NewBatch, mark: KeyMark<Batch> | null): Promise<Batch>;
  abstract find(tenant: string, id: string): Promise<Batch | null>;
  /** Newest first by (createdAt, id), strictly after the cursor; at most `limit`. */
  abstract list(tenant: string, filter: BatchFilter, after: PageCursor | null, limit: number): Promise<readonly Batch[]>;
  /**
   * Items in their order, those with an index above `after`; at most `limit`.
   *
   * @param state jobs in this state, or the refused items; null for all
   */
  abstract items(
    tenant: string,
    id: string,
    state: JobState | 'REFUSED' | null,
    after: number,
    limit: number,
  ): Promise<readonly BatchItem[]>;
  /** The key that seals a batch's refusals. */
  abstract findKeyId(tenant: string, id: string): Promise<string | null>;
  /**
   * Ends every waiting job, asks the holders of running ones to stop.
   *
   * @param leafOf makes the audit leaf of a job that ends by this call
   */
  abstract cancel(tenant: string, id: string, leafOf: (jobId: string) => AuditLeaf): Promise<BatchCancelOutcome>;
}
