import type { Coalitions } from '#attribution';
import type { Feature, Warning } from '../contract/explanation.js';
import type { Model, Span } from '../contract/model.js';

/**
 * An input, a masker and a model as a game: coalitions of players go in, the model's outputs come out. What is read from
 * the outputs, and which coalitions are asked for, is none of its business.
 */
export interface Game {
  readonly model: Model;
  /** Everything that is attributed to, in the order of the result. */
  readonly features: readonly Feature[];
  /** For each player of the game the index of its feature. A feature that cannot change anything is no player. */
  readonly players: readonly number[];
  /** Rows of the model that one coalition takes. */
  readonly rowsPerCoalition: number;
  /** Coalitions given to the model at a time: enough to fill its batches, few enough to hear of a cancellation. */
  readonly coalitionsAtATime: number;
  readonly unexplained: readonly Span[];
  /** What absence means, for the record. */
  readonly baseline: Readonly<Record<string, unknown>>;
  readonly warnings: readonly Warning[];
  /** Outputs of the input itself, one row: what every player present gives. */
  predictInput(): Promise<Float64Array>;
  /** Outputs of the coalitions from `from` to before `to`, `rowsPerCoalition` rows each, in their order. */
  predict(coalitions: Coalitions, from: number, to: number): Promise<Float64Array>;
  /** What only the run could tell. */
  lateWarnings(): readonly Warning[];
}
