import type { VersionOutcome } from './model-store.js';
import type { ModelFile, ModelLocation, RejectionReason } from './model-version.js';

/** The right to validate one version, until the lease ends. */
export interface ValidationClaim {
  readonly id: string;
  readonly tenant: string;
  readonly model: string;
  readonly version: string;
  readonly location: ModelLocation;
  readonly files: readonly ModelFile[];
  readonly epoch: number;
  /** 1 for the first. */
  readonly attempt: number;
}

export type ValidationOutcome = VersionOutcome & {
  readonly sha256: string | null;
  /** Null leaves the list of the upload. */
  readonly files: readonly ModelFile[] | null;
};

/** Uploaded versions that wait for their validation, across tenants. Leased by compare-and-set; all times are the database's. */
export abstract class ValidationStore {
  /** The oldest version that nobody validates and that has attempts left. */
  abstract claim(leaseSeconds: number, maxAttempts: number): Promise<ValidationClaim | null>;
  /** False when the claim is not ours any more. */
  abstract renew(claim: ValidationClaim, leaseSeconds: number): Promise<boolean>;
  /** Gives the version back; the attempt does not count. */
  abstract release(claim: ValidationClaim): Promise<void>;
  /** Writes the outcome with its audit leaf, and `production` for a first ACTIVE version. False when the claim is not ours any more. */
  abstract end(claim: ValidationClaim, outcome: ValidationOutcome): Promise<boolean>;
  /** Rejects versions whose attempts are spent. Returns how many. */
  abstract rejectSpent(maxAttempts: number, reason: RejectionReason): Promise<number>;
  /** Ends every lease, for a process that owns the database alone. */
  abstract expireLeases(): Promise<void>;
}
