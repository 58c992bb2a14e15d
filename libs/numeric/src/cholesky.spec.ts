import { describe, expect, it } from '@jest/globals';
import { factorCholesky, NotPositiveDefinite, solveCholesky } from './cholesky.js';
import { Random } from './random.js';

describe('Cholesky', () => {
  it('factors a matrix whose factor is known', () => {
    // L = [[2], [6, 1], [-8, 5, 3]]
    const factor = factorCholesky(Float64Array.from([4, 12, -16, 12, 37, -43, -16, -43, 98]), 3);
    expect([...factor]).toEqual([2, 0, 0, 6, 1, 0, -8, 5, 3]);
  });

  it('solves random systems to the last digits', () => {
    for (const size of [1, 2, 5, 30]) {
      const random = new Random(1, 0, size, 0);
      const root = Float64Array.from({ length: size * size }, () => random.gaussian());
      const matrix = Float64Array.from({ length: size * size }, (_, cell) => {
        const [row, column] = [Math.floor(cell / size), cell % size];
        let sum = row === column ? size : 0;
        for (let k = 0; k < size; k++) sum += (root[row * size + k] ?? NaN) * (root[column * size + k] ?? NaN);
        return sum;
      });
      const expected = Float64Array.from({ length: size }, () => random.gaussian());
      const right = Float64Array.from({ length: size }, (_, row) => {
        let sum = 0;
        for (let k = 0; k < size; k++) sum += (matrix[row * size + k] ?? NaN) * (expected[k] ?? NaN);
        return sum;
      });
      const solution = solveCholesky(factorCholesky(matrix, size), size, right);
      expected.forEach((value, k) => expect(solution[k]).toBeCloseTo(value, 11));
    }
  });

  it('names the column whose pivot is not positive', () => {
    const refused = (cells: readonly number[], size: number): unknown => {
      try {
        return factorCholesky(Float64Array.from(cells), size);
      } catch (error) {
        return error;
      }
    };
    expect(refused([1, 2, 2, 4], 2)).toMatchObject({ column: 1, pivot: 0 });
    expect(refused([1, 2, 2, 1], 2)).toMatchObject({ column: 1, pivot: -3 });
    expect(refused([0], 1)).toBeInstanceOf(NotPositiveDefinite);
    expect(refused([1, 0, 0, NaN], 2)).toMatchObject({ column: 1 });
    // The third column is the sum of the others, up to one rounding: what is left is noise, not information.
    expect(refused([0.1, 0, 0.1, 0, 0.7, 0.7, 0.1, 0.7, 0.7999999999999999], 3)).toMatchObject({ column: 2 });
  });

  it('refuses shapes that do not fit', () => {
    expect(() => factorCholesky(new Float64Array(3), 2)).toThrow(RangeError);
    expect(() => solveCholesky(Float64Array.from([1]), 1, [1, 2])).toThrow(RangeError);
  });
});
