import { describe, expect, it } from '@jest/globals';
import { decodePartial, encodePartial } from './partial-bytes.js';

describe('a partial result as bytes', () => {
  const document = { columns: ['âge', '年龄', ''], rows: 3 };
  const numbers = Float64Array.of(-0, Number.NaN, Number.NEGATIVE_INFINITY, 5e-324, 1 / 3);

  it('is read back bit for bit', () => {
    const { document: read, numbers: numbersRead } = decodePartial(encodePartial({ document, numbers }));
    expect(read).toEqual(document);
    expect(Array.from(numbersRead, (number) => [Object.is(number, -0), number])).toEqual(
      Array.from(numbers, (number) => [Object.is(number, -0), number]),
    );
  });

  it('is read wherever in a buffer it lies', () => {
    const bytes = encodePartial({ document, numbers });
    const buffer = new Uint8Array(bytes.length + 3);
    buffer.set(bytes, 3);
    expect(decodePartial(buffer.subarray(3)).numbers).toEqual(numbers);
  });

  it.each(['', 'a', 'ab', 'abc', 'abcdefgh'])('starts its numbers at a multiple of eight, the document being %j', (text) => {
    const bytes = encodePartial({ document: text, numbers });
    expect(bytes.length % 8).toBe(0);
    expect(decodePartial(bytes)).toEqual({ document: text, numbers });
  });

  it('is refused when something is missing at its end', () => {
    const bytes = encodePartial({ document, numbers });
    for (const missing of [1, 7, bytes.length - 8])
      expect(() => decodePartial(bytes.subarray(0, bytes.length - missing))).toThrow(RangeError);
  });
});
