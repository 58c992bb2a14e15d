import type { Principal } from '#access';
import type { DatasetBlock, DatasetRow, DatasetShape, DatasetSummary, DatasetVersion } from './dataset.js';

export interface NewDataset extends DatasetShape {
  readonly name: string;
  /** Null: the next whole number. */
  readonly version: string | null;
  /** Lower-case hex over the file the rows come from. */
  readonly fileSha256: string;
  /** True: nothing is stored where a version of this name, a deleted one too, was read from the same file. */
  readonly oncePerFile?: boolean;
}

export type AddOutcome =
  | { readonly kind: 'added'; readonly version: DatasetVersion }
  /** The data set has a version of this name, or of this file, already; nothing was stored. */
  | { readonly kind: 'version-exists' };

export type DeleteOutcome =
  | { readonly kind: 'deleted'; readonly versions: readonly string[] }
  | { readonly kind: 'absent' }
  /** Explanations or unfinished jobs need its rows to run again. */
  | { readonly kind: 'needed'; readonly jobs: number };

/** Rows a single call of `readRows` may ask for. */
export const MOST_ROWS_READ = 10_000;

/**
 * Data sets of one tenant. Versions never change; their rows rest in blocks sealed under a key of the version's own.
 * Implemented by persistence.
 */
export abstract class DatasetStore {
  /**
   * A version by its name, the newest when none is named. Deleted ones are absent.
   *
   * @returns null when there is none
   */
  abstract find(tenant: string, name: string, version?: string): Promise<DatasetVersion | null>;
  abstract findById(tenant: string, datasetVersionId: string): Promise<DatasetVersion | null>;
  abstract findSummary(tenant: string, name: string): Promise<DatasetSummary | null>;
  /** Newest data set first by (createdAt, id), strictly after the cursor; at most `limit`. */
  abstract list(
    tenant: string,
    after: { readonly createdAt: Date; readonly id: string } | null,
    limit: number,
  ): Promise<readonly DatasetSummary[]>;
  /** Whether a version of this name, deleted or not, was read from a file with this SHA-256. */
  abstract hasFile(tenant: string, name: string, fileSha256: string): Promise<boolean>;
  /**
   * Rows `from` … `to - 1`, counted from 0; fewer where the data set ends. opens only the blocks that hold them, a few at a time.
   *
   * @returns null when the version is absent or its rows were deleted
   * @throws RangeError unless 0 <= from <= to and to - from <= MOST_ROWS_READ
   */
  abstract readRows(tenant: string, datasetVersionId: string, from: number, to: number): Promise<readonly DatasetRow[] | null>;
  /**
   * Stores a version with all its rows, or nothing: until the last block is stored nobody sees it, and when `blocks`
   * throws, what was stored of it is removed and the error passed on. Writes the audit leaf `dataset.add`.
   *
   * @param blocks in row order, none with more than BLOCK_ROWS rows
   */
  abstract add(principal: Principal, dataset: NewDataset, blocks: AsyncIterable<DatasetBlock>): Promise<AddOutcome>;
  /**
   * Destroys key and rows of every version of a name; the versions' metadata stay for the record. Writes the audit leaf
   * `dataset.delete`.
   *
   * @param force also when explanations need the rows to run again
   */
  abstract delete(principal: Principal, name: string, force: boolean): Promise<DeleteOutcome>;
  /** Removes what a process that ended left behind of versions that were being stored or deleted, of every tenant. */
  abstract sweep(): Promise<void>;
}
