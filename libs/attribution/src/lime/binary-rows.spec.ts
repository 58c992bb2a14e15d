import { describe, expect, it } from '@jest/globals';
import { BinaryRows } from './binary-rows.js';

/** The lowest bits of a number, lowest first. */
const bits = (value: number, length: number): number[] => Array.from({ length }, (_, k) => (value >>> k) & 1);

describe('BinaryRows', () => {
  it.each([1, 31, 32, 33, 70])('gives back rows of %i features as they were added', (features) => {
    const rows = new BinaryRows(features);
    const given = Array.from({ length: 50 }, (_, i) => Array.from({ length: features }, (_, k) => Number((i * 7 + k * k) % 3 === 0)));
    given.forEach((row) => rows.append(row));
    const into = new Uint8Array(features);
    given.forEach((row, index) => {
      expect(rows.read(index, into)).toBe(row.filter((bit) => bit === 1).length);
      expect([...into]).toEqual(row);
    });
    expect(rows.length).toBe(50);
  });

  it('keeps one of equal rows, through every growth of its table', () => {
    const rows = new BinaryRows(12);
    for (let pass = 0; pass < 2; pass++) {
      for (let value = 0; value < 4096; value++) expect(rows.intern(bits(value, 12))).toBe(value);
    }
    expect(rows.length).toBe(4096);
  });

  it('tells rows apart that differ in the last of several words', () => {
    const rows = new BinaryRows(100);
    const one = new Uint8Array(100);
    const other = new Uint8Array(100);
    other[99] = 1;
    expect([rows.intern(one), rows.intern(other), rows.intern(one)]).toEqual([0, 1, 0]);
  });

  it('refuses a row of another length and an index it does not have', () => {
    const rows = new BinaryRows(3);
    expect(() => rows.append([1, 0])).toThrow(RangeError);
    expect(() => rows.read(0, new Uint8Array(3))).toThrow(RangeError);
  });
});
