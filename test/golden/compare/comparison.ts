/** One line of the golden table: the largest difference from a reference, and how much of it is allowed. */
export interface Comparison {
  readonly what: string;
  readonly maxAbsError: number;
  readonly tolerance: number;
  readonly ok: boolean;
}

/** Compares two lists number by number. A list of another length, or a number that is not finite, never passes. */
export function compareNumbers(what: string, actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): Comparison {
  let maxAbsError = actual.length === expected.length ? 0 : Infinity;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs((actual[i] ?? NaN) - (expected[i] ?? NaN));
    maxAbsError = Math.max(maxAbsError, Number.isNaN(error) ? Infinity : error);
  }
  return { what, maxAbsError, tolerance, ok: maxAbsError <= tolerance };
}

/** Compares two lists of words; the error is how many places differ. */
export function compareWords(what: string, actual: readonly string[], expected: readonly string[]): Comparison {
  const places = Math.max(actual.length, expected.length);
  const differing = Array.from({ length: places }, (_, i) => actual[i] === expected[i]).filter((same) => !same).length;
  return { what, maxAbsError: differing, tolerance: 0, ok: differing === 0 };
}
