/** Who counts the rows of a run, and the time they take. */
export interface RunMeter {
  count(rows: number): void;
  spend(ms: number): void;
}

/** Runs and counts rows and milliseconds. */
export async function measure<Result>(meter: RunMeter, rows: number, run: () => Promise<Result>): Promise<Result> {
  const startedAt = performance.now();
  meter.count(rows);
  try {
    return await run();
  } finally {
    meter.spend(performance.now() - startedAt);
  }
}
