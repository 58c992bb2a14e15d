import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findDistinctRows } from './find-distinct-rows.js';

describe('findDistinctRows', () => {
  it('agrees with a map from text', () => {
    const cell = fc.constantFrom(0, -0, 1, 2, 0.5, 1e300, NaN);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.array(cell, { maxLength: 120 }), (columns, values) => {
        const rows = Math.floor(values.length / columns);
        const cells = Float64Array.from(values.slice(0, rows * columns));
        const { first, placeOf } = findDistinctRows({ rows, columns, cells });
        const seen = new Map<string, number>();
        const text = (row: number) =>
          Array.from(cells.subarray(row * columns, (row + 1) * columns), (value) => (Object.is(value, -0) ? '-0' : String(value))).join();
        for (let row = 0; row < rows; row++) if (!seen.has(text(row))) seen.set(text(row), row);
        expect([...first]).toEqual([...seen.values()]);
        for (let row = 0; row < rows; row++) expect(first[placeOf[row] ?? -1]).toBe(seen.get(text(row)));
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('reads a table that is a part of larger numbers', () => {
    const cells = Float64Array.of(9, 1, 2, 1, 2).subarray(1);
    expect(findDistinctRows({ rows: 2, columns: 2, cells })).toEqual({ first: Int32Array.of(0), placeOf: Int32Array.of(0, 0) });
  });
});
