import type { Principal } from '#access';
import type { Erasure, PageCursor } from '#history';
import type { AuditLeaf } from '../store/job-store.js';
import type { RetentionPolicy, RetentionRun } from './retention-policy.js';

export interface StoredPolicy extends RetentionPolicy {
  readonly actor: string;
  readonly updatedAt: Date;
}

/** What an erasure did, for its audit record. */
export interface ErasureFacts {
  readonly jobId: string;
  readonly payloads: number;
  readonly freedBytes: number;
  /** Whether the subject's key was destroyed too; false for a key that other data rest under. */
  readonly keyDestroyed: boolean;
}

export type ErasureOutcome =
  | { readonly kind: 'absent' }
  /** It was erased before; nothing was done. */
  | { readonly kind: 'already'; readonly erasure: Erasure }
  | { readonly kind: 'erased'; readonly erasure: Erasure; readonly facts: ErasureFacts };

/** A run with where it stands. */
export interface OpenRun extends RetentionRun {
  /** The last explanation looked at; null at the beginning. */
  readonly reached: PageCursor | null;
}

export interface StorageReport {
  /** Plaintext bytes; `count` rows. */
  readonly payloads: readonly { readonly kind: string; readonly count: number; readonly bytes: number }[];
  readonly explanations: { readonly count: number; readonly erased: number };
  readonly modelFileBytes: number;
  /** Of the whole installation, all tenants. */
  readonly database: { readonly bytes: number; readonly tables: readonly { readonly name: string; readonly bytes: number }[] };
  /** What the policy would destroy now. */
  readonly due: { readonly explanations: number; readonly bytes: number };
}

/** Destroys payloads and keeps the rules by which that happens. Implemented by persistence. */
export abstract class RetentionStore {
  abstract findPolicy(tenant: string): Promise<StoredPolicy | null>;
  abstract setPolicy(principal: Principal, policy: RetentionPolicy, leaf: AuditLeaf): Promise<StoredPolicy>;
  /** Tenants that have a policy. */
  abstract listTenants(): Promise<readonly string[]>;

  /**
   * One transaction: request, result and tensors of an explanation, the words it was found by, its subject's key when nothing
   * else rests under it, the mark that it happened, and the leaf.
   */
  abstract erase(
    tenant: string,
    explanationId: string,
    cause: { readonly actor: string; readonly reason: Erasure['reason'] },
    leafOf: (facts: ErasureFacts) => AuditLeaf,
  ): Promise<ErasureOutcome>;

  /** Looks at up to `limit` explanations after `reached`, oldest first, and tells which the policy lets go at `now`. */
  abstract findDue(
    tenant: string,
    policy: RetentionPolicy,
    now: Date,
    reached: PageCursor | null,
    limit: number,
  ): Promise<{ readonly due: readonly string[]; readonly examined: number; readonly reached: PageCursor | null }>;
  abstract findRun(tenant: string): Promise<OpenRun | null>;
  abstract saveRun(tenant: string, run: OpenRun): Promise<void>;
  abstract measure(tenant: string, policy: RetentionPolicy, now: Date): Promise<StorageReport>;
}
