import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mapToUtf16 } from './to-utf16.js';

describe('mapToUtf16', () => {
  it('places every code point where JavaScript has it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const points = [...text];
        const expected = points.map((_, place) => points.slice(0, place).join('').length);
        const map = mapToUtf16(text);
        expect(map === null ? points.map((_, place) => place) : [...map]).toEqual(map === null ? expected : [...expected, text.length]);
      }),
      { seed: 1 },
    );
  });

  it('has nothing to say about a text without pairs', () => {
    expect(mapToUtf16('naïve 中文')).toBeNull();
    expect(mapToUtf16('a😀b')).toEqual(Int32Array.of(0, 1, 3, 4));
  });
});
