/** One number of a benchmark, held against its goal. A value is a quotient of two times of the same run, or milliseconds where the label says so. */
export interface Ratio {
  readonly label: string;
  readonly value: number;
  readonly goal: number;
  /** Which side of the goal is the good one. */
  readonly better: 'lower' | 'higher';
}

/** A benchmark: one file of this folder and one line in benches.ts. */
export interface Bench {
  /** kebab-case, as in `npm run bench -- name`. */
  readonly name: string;
  /** One sentence: what is divided by what. */
  readonly about: string;
  /**
   * Measures both sides in turns, so that a busy machine is busy for both.
   *
   * @param tell a line for a person who waits; goes to stderr
   */
  run(tell: (line: string) => void): Promise<readonly Ratio[]>;
}

export function reaches({ value, goal, better }: Ratio): boolean {
  return better === 'lower' ? value <= goal : value >= goal;
}
