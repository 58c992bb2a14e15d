import type { Principal } from '#access';
import type { ModelFile, ModelVersion, RejectionReason } from './model-version.js';
import type { ModelDescription } from '#explainers';

export interface ModelSummary {
  readonly name: string;
  readonly createdAt: Date;
  readonly aliases: Readonly<Record<string, string>>;
  readonly versions: readonly string[];
}

export interface NewVersion {
  readonly model: string;
  readonly version: string;
  readonly location: string;
  readonly sha256: string | null;
  readonly files: readonly ModelFile[];
  readonly outcome:
    | { readonly state: 'ACTIVE'; readonly description: ModelDescription; readonly capabilities: Readonly<Record<string, unknown>> }
    | { readonly state: 'REJECTED'; readonly reasons: readonly RejectionReason[] };
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
  /**
   * Adds model (when new) and version, and points the alias `production` at a model's first ACTIVE version; writes the
   * audit leaves in the same transaction. Returns the stored version; the existing one when it was added meanwhile.
   */
  abstract addVersion(principal: Principal, version: NewVersion): Promise<ModelVersion>;
}
