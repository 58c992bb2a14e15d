import { describe, expect, it } from '@jest/globals';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { FeatureColumn } from '../contract/model-description.js';
import { readRow, showCell } from './read-row.js';

const columns: readonly FeatureColumn[] = [
  { name: 'age', kind: 'numeric', unit: 'years' },
  { name: 'a/b~c', kind: 'categorical', categories: ['red', 'green', '7'] },
];

function refusal(features: Record<string, string | number>, of = columns): ExplainProblem {
  try {
    readRow(features, of, '/input/features');
  } catch (error) {
    if (error instanceof ExplainProblem) return error;
    throw error;
  }
  throw new Error('the row was accepted');
}

describe('readRow', () => {
  it('takes categories by name or by code, in model order', () => {
    expect([...readRow({ 'a/b~c': 'green', age: 39 }, columns, '')]).toEqual([39, 1]);
    expect([...readRow({ 'a/b~c': 2, age: -0.5 }, columns, '')]).toEqual([-0.5, 2]);
    expect([...readRow({ 'a/b~c': '7', age: 0 }, columns, '')]).toEqual([0, 2]);
  });

  it.each([
    [{ age: 1, 'a/b~c': 0, ages: 3 }, 'COLUMN_UNKNOWN', '/input/features/ages', '"age"'],
    [{ age: 1 }, 'COLUMN_MISSING', '/input/features/a~1b~0c', '"red", "green", "7"'],
    [{ age: '39', 'a/b~c': 0 }, 'COLUMN_TYPE', '/input/features/age', 'a finite number (years)'],
    [{ age: Infinity, 'a/b~c': 0 }, 'COLUMN_TYPE', '/input/features/age', 'finite'],
    [{ age: 1, 'a/b~c': 'blue' }, 'CATEGORY_UNKNOWN', '/input/features/a~1b~0c', '"red", "green", "7"; or a code of 0 … 2'],
    [{ age: 1, 'a/b~c': 3 }, 'CATEGORY_UNKNOWN', '/input/features/a~1b~0c', 'code of 0 … 2'],
    [{ age: 1, 'a/b~c': 0.5 }, 'CATEGORY_UNKNOWN', '/input/features/a~1b~0c', 'code'],
    [{ age: 1, 'a/b~c': -1 }, 'CATEGORY_UNKNOWN', '/input/features/a~1b~0c', 'code'],
  ])('refuses %j with %s and says what it wants', (features, code, pointer, remedy) => {
    const problem = refusal(features);
    expect(problem).toMatchObject({ code, pointer });
    expect(problem.remedy).toContain(remedy);
  });

  it('is not fooled by names that every object has', () => {
    expect(refusal({ age: 1, 'a/b~c': 0, constructor: 1 })).toMatchObject({
      code: 'COLUMN_UNKNOWN',
      pointer: '/input/features/constructor',
    });
    expect(refusal({}, [{ name: 'toString', kind: 'numeric' }])).toMatchObject({ code: 'COLUMN_MISSING' });
    expect(refusal({ age: 1, 'a/b~c': 'constructor' })).toMatchObject({ code: 'CATEGORY_UNKNOWN' });
    const own = JSON.parse('{"__proto__": 4}') as Record<string, number>;
    expect([...readRow(own, [{ name: '__proto__', kind: 'numeric' }], '')]).toEqual([4]);
  });

  it('refuses a number that overflows where graphs read it', () => {
    const age = [{ name: 'age', kind: 'numeric' }] as const;
    expect([...readRow({ age: 3.4e38 }, age, '')]).toEqual([3.4e38]);
    for (const value of [1e39, -1e308]) expect(refusal({ age: value }, age)).toMatchObject({ code: 'COLUMN_TYPE' });
  });

  it('takes whole numbers alone where the model reads whole numbers', () => {
    const count = [{ name: 'count', kind: 'numeric', integer: true }] as const;
    expect([...readRow({ count: 3 }, count, '')]).toEqual([3]);
    expect(refusal({ count: 2.5 }, count)).toMatchObject({ code: 'COLUMN_TYPE', pointer: '/input/features/count' });
  });

  it('lists the nearest of many categories', () => {
    const many = Array.from({ length: 50 }, (_, code) => `category ${code}`);
    const problem = refusal({ x: 'categori 17' }, [{ name: 'x', kind: 'categorical', categories: many }]);
    expect(problem.remedy).toContain('Categories: "category 17"');
    expect(problem.remedy).toContain('(50 in all)');
    expect(problem.remedy).not.toContain('category 30');
  });
});

describe('showCell', () => {
  it('names a category and leaves a number', () => {
    expect(columns.map((column) => showCell(column, 1))).toEqual([1, 'green']);
  });
});
