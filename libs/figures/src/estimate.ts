import { normalQuantile } from '#numeric';

const Z = normalQuantile(0.975);

/** Half the width of the 95 % interval of an estimate; null where there is no standard error. */
export function halfWidth(standardErrors: readonly number[] | null, index: number): number | null {
  const error = standardErrors?.[index];
  return error === undefined ? null : Z * error;
}

/** Whether the 95 % interval of an estimate covers 0. An exact number, which has no interval, is what it is. */
export function coversZero(value: number, half: number | null): boolean {
  return half !== null && half > 0 && Math.abs(value) <= half;
}
