/**
 * A list of different coalitions, held in whatever way is smallest. No worth is asked for twice: a list never holds the
 * same coalition at two places.
 */
export interface Coalitions {
  readonly players: number;
  readonly length: number;
  /** Writes one coalition, 1 = present. */
  read(index: number, into: Uint8Array): void;
}
