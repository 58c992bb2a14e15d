import type { Principal } from '#access';

/** The values of a row by column: a number, or a category by its name. */
export type BaselineFeatures = Readonly<Record<string, string | number>>;

export interface NewBaseline {
  readonly name: string;
  /** Null: the next whole number. */
  readonly version: string | null;
  /** The model whose columns it has. */
  readonly modelName: string;
  readonly features: BaselineFeatures;
}

/** An immutable version of a named row that stands for absence. */
export interface Baseline extends NewBaseline {
  readonly id: string;
  readonly version: string;
  /** Lower-case hex, over RFC 8785 JSON of the features. Of a single row it could be guessed: it leaves the store with the row alone. */
  readonly sha256: string;
  readonly actor: string;
  readonly createdAt: Date;
}

/** Baselines of one tenant, sealed at rest. Implemented by persistence. */
export abstract class BaselineStore {
  /** The newest version where none is named. @returns null when there is none, or when its key was destroyed */
  abstract find(tenant: string, name: string, version?: string): Promise<Baseline | null>;
  /** Newest first by (createdAt, id), strictly after the cursor; at most `limit`. */
  abstract list(
    tenant: string,
    after: { readonly createdAt: Date; readonly id: string } | null,
    limit: number,
  ): Promise<readonly Baseline[]>;
  /** Writes the audit leaf `baseline.add`. @returns null when the name has this version already */
  abstract add(principal: Principal, baseline: NewBaseline): Promise<Baseline | null>;
}
