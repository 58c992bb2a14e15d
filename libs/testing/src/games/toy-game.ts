/** A cooperative game whose Shapley values are known without asking for all its worths. */
export interface ToyGame {
  readonly name: string;
  readonly players: number;
  /** Worth of a coalition, 1 = present. */
  worth(present: ArrayLike<number>): number;
  readonly shapley: readonly number[];
}
