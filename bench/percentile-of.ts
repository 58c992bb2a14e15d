import { percentile } from '#numeric';

/** @param percent 50 is the median */
export function percentileOf(values: readonly number[], percent: number): number {
  return percentile(
    values.toSorted((one, other) => one - other),
    percent,
  );
}
