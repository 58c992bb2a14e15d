import type { ModelDescription } from '#explainers';

export type VersionState = 'VALIDATING' | 'ACTIVE' | 'REJECTED';

export interface ModelFile {
  readonly name: string;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly size: number;
}

/** Why a version was refused. */
export interface RejectionReason {
  readonly code: string;
  readonly detail: string;
  /** What to do in this very case; absent or null leaves the catalogue's general remedy. */
  readonly remedy?: string | null;
}

/**
 * Where a version's files lie, independent of the machine: `bundled:<folder>` is a folder below VITRINE_MODELS,
 * which every process resolves for itself; `uploaded:<tenant>/<id>` lies below VITRINE_HOME, which all processes share.
 */
export type ModelLocation = `bundled:${string}` | `uploaded:${string}`;

/** A registered version of a model. */
export interface ModelVersion {
  readonly id: string;
  readonly model: string;
  readonly version: string;
  readonly state: VersionState;
  readonly reasons: readonly RejectionReason[];
  /** Over the list of files (decisions: model hash); null while VALIDATING or when unreadable. */
  readonly sha256: string | null;
  readonly files: readonly ModelFile[];
  /** Present exactly when ACTIVE. */
  readonly description: ModelDescription | null;
  /** What the graph can do, read once per hash; present exactly when ACTIVE. */
  readonly capabilities: Readonly<Record<string, unknown>> | null;
  readonly location: ModelLocation;
  readonly aliases: readonly string[];
  readonly createdAt: Date;
}

/** An ACTIVE version, as a job needs it. */
export interface ActiveVersion extends ModelVersion {
  readonly state: 'ACTIVE';
  readonly sha256: string;
  readonly description: ModelDescription;
  readonly capabilities: Readonly<Record<string, unknown>>;
}

export function isActive(version: ModelVersion): version is ActiveVersion {
  return version.state === 'ACTIVE';
}
