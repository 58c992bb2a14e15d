import type { FeatureColumn } from '#explainers';

/** The part of a model's description that gives rows their types. */
export interface TypingModel {
  readonly name: string;
  /** True for a model that reads text. */
  readonly readsText: boolean;
  /** Columns in model order; empty for a text model. */
  readonly features: readonly FeatureColumn[];
  /** Class names in output order; empty for regression. */
  readonly classes: readonly string[];
}

/** What the sender says of the rows. */
export interface RowTyping {
  /** Types the columns and the label; null: columns are numbers where all their cells are, else text. */
  readonly model: TypingModel | null;
  /** The column that holds labels; null where there are none. */
  readonly labelColumn: string | null;
  /** True: rows without that column have no labels; else its absence is a fault. */
  readonly labelIsOptional: boolean;
  /** The column that holds the texts of a text data set; `text` where a text model types the rows and none is named. */
  readonly textColumn: string | null;
}
