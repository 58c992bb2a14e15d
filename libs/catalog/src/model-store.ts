import type { Principal } from '#access';
import type { ModelFile, ModelLocation, ModelVersion, RejectionReason } from './model-version.js';
import type { ModelDescription } from '#explainers';

export interface ModelSummary {
  readonly name: string;
  readonly createdAt: Date;
  readonly aliases: Readonly<Record<string, string>>;
  readonly versions: readonly string[];
}

/** What the validation of a version came to. */
export type VersionOutcome =
  | { readonly state: 'ACTIVE'; readonly description: ModelDescription; readonly capabilities: Readonly<Record<string, unknown>> }
  | { readonly state: 'REJECTED'; readonly reasons: readonly RejectionReason[] };

export interface NewVersion {
  readonly model: string;
  /** Null: the next whole number. */
  readonly version: string | null;
  readonly location: ModelLocation;
  readonly sha256: string | null;
  readonly files: readonly ModelFile[];
  readonly outcome: VersionOutcome;
}

/** Files that have been received and are waiting for their validation. */
export interface NewUpload {
  readonly id: string;
  readonly model: string;
  /** Null: the next whole number. */
  readonly version: string | null;
  readonly location: ModelLocation;
  readonly files: readonly ModelFile[];
}

export interface Deletion {
  readonly version: ModelVersion;
  /** Aliases that pointed at it, and are gone with it. */
  readonly aliases: readonly string[];
  /** Explanations made by it, which can no longer be replayed. */
  readonly explanations: number;
}

/** Models of one tenant. Implemented by persistence. */
export abstract class ModelStore {
  /** Ordered by name. */
  abstract listModels(tenant: string): Promise<readonly ModelSummary[]>;
  abstract findModel(tenant: string, name: string): Promise<ModelSummary | null>;
  /** Newest first. */
  abstract listVersions(tenant: string, model: string): Promise<readonly ModelVersion[]>;
  abstract findVersion(tenant: string, model: string, version: string): Promise<ModelVersion | null>;
  /** The version an alias points to. */
  abstract findAlias(tenant: string, model: string, alias: string): Promise<ModelVersion | null>;
  /** The version of these files from this place, also a deleted one. */
  abstract findRegistered(tenant: string, location: ModelLocation, sha256: string | null): Promise<ModelVersion | null>;
  /**
   * Adds model (when new) and version, and points the alias `production` at a model's first ACTIVE version; writes the
   * audit leaves in the same transaction. Returns the stored version; the existing one when it was added meanwhile.
   */
  abstract addVersion(principal: Principal, version: NewVersion): Promise<ModelVersion>;
  /** Adds a model without versions. `added` is false where it is there already. */
  abstract addModel(principal: Principal, name: string): Promise<{ readonly model: ModelSummary; readonly added: boolean }>;
  /**
   * Adds an uploaded version as VALIDATING, with its audit leaf. Names of deleted versions are not given again.
   *
   * @returns what is wrong, where the model is gone or has a version of that name
   */
  abstract addUpload(principal: Principal, upload: NewUpload): Promise<ModelVersion | 'model-unknown' | 'version-exists'>;
  /** Points an alias at an ACTIVE version, with its audit leaf. */
  abstract setAlias(
    principal: Principal,
    model: string,
    alias: string,
    version: string,
  ): Promise<ModelVersion | 'version-unknown' | 'not-active'>;
  /**
   * Takes a version out of the lists, with its aliases and an audit leaf. Its row stays for the records that name it. Its
   * files are the caller's to remove.
   *
   * @returns the number of explanations made by it where there are some and `force` is false
   */
  abstract deleteVersion(
    principal: Principal,
    model: string,
    version: string,
    force: boolean,
  ): Promise<Deletion | 'version-unknown' | { readonly inUse: number }>;
  /** Of these locations, those that a version has which is not deleted. Across tenants. */
  abstract findLocations(locations: readonly string[]): Promise<ReadonlySet<string>>;
}
