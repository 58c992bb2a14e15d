/** The attention of a model as its graph shows it without being run. */
export interface KnownAttention {
  /** Numbers of the layers, ascending; of a model with layers of several kinds, those of each kind begin at 0. */
  readonly layers: readonly number[];
  /** Of every layer; null where the graph does not say it, or layers differ. */
  readonly heads: number | null;
}
