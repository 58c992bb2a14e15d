/** One column of a data set. */
export interface DatasetColumn {
  readonly name: string;
  readonly kind: 'numeric' | 'categorical' | 'text';
  /** Category names in code order; present exactly when `kind` is categorical. */
  readonly categories?: readonly string[] | undefined;
}

/** Columns and meaning of the rows, known before the first row is read. */
export interface DatasetShape {
  readonly kind: 'tabular' | 'text';
  /** Columns in the order of the model that typed them, else in the order of the file; the label is none of them. A text data set has one. */
  readonly columns: readonly DatasetColumn[];
  /** Name of the column that held the labels; null where the rows have none. */
  readonly labelColumn: string | null;
  /** The model whose manifest typed the columns; null where none did. */
  readonly modelName: string | null;
}

/** An immutable version of a data set. */
export interface DatasetVersion extends DatasetShape {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** Lower-case hex, over the canonical rows (see `canonicalHeader`, `canonicalRow`): the same rows have the same hash in any file format. */
  readonly sha256: string;
  readonly rows: number;
  /** Canonical bytes of all rows, before compression. */
  readonly bytes: number;
  /** Lower-case hex over the file the rows were read from. */
  readonly fileSha256: string;
  readonly actor: string;
  readonly createdAt: Date;
}

/** A data set's name with its versions. */
export interface DatasetSummary {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  /** Newest first; never empty. */
  readonly versions: readonly DatasetVersion[];
}

/** What a label is: a class name, a number, or null where the data set has no labels. */
export type DatasetLabel = string | number | null;

/**
 * A row, in the shape of a request's `input`. A categorical cell is the category's name, a numeric cell a finite number.
 */
export type DatasetRow =
  | { readonly features: Readonly<Record<string, string | number>>; readonly label: DatasetLabel }
  | { readonly text: string; readonly label: DatasetLabel };

/** A cell as it is kept: a number, a category's name, or a text. */
export type DatasetCell = string | number;

/** Rows of a data set as canonical text, at most `BLOCK_ROWS` of them. */
export interface DatasetBlock {
  readonly rows: number;
  /** Canonical rows, each ended by a line feed, in UTF-8. */
  readonly bytes: Uint8Array;
}

/** Rows of a block at most. The same for every data set, so that a reader finds a row's block by its number. */
export const BLOCK_ROWS = 512;
