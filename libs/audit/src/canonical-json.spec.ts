import { describe, expect, it } from '@jest/globals';
import { canonicalJson } from './canonical-json.js';

describe('canonicalJson', () => {
  it('gives the text of RFC 8785, section 3.2.4', () => {
    const input: unknown = JSON.parse(
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
    );
    expect(canonicalJson(input)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts keys by UTF-16 code units, as RFC 8785, section 3.2.3 does', () => {
    const keys = ['\u20ac', '\r', '\ufb33', '1', '\u{1f600}', '\u0080', '\u00f6'];
    const sorted = Object.keys(JSON.parse(canonicalJson(Object.fromEntries(keys.map((key) => [key, 1])))) as object);
    expect(new Set(sorted)).toEqual(new Set(keys));
    expect(canonicalJson(Object.fromEntries(keys.map((key) => [key, 1])))).toBe(
      '{"\\r":1,"1":1,"\u0080":1,"\u00f6":1,"\u20ac":1,"\u{1f600}":1,"\ufb33":1}',
    );
  });

  it.each([
    ['NaN', NaN],
    ['an infinity', [Infinity]],
    ['negative zero', { a: -0 }],
    ['a lone surrogate', 'a\ud800'],
    ['a lone surrogate in a key', { 'a\udc00': 1 }],
    ['undefined in a list', [undefined]],
    ['a bigint', 1n],
    ['a typed array', { a: new Float64Array(1) }],
  ])('refuses %s', (_name, value) => {
    expect(() => canonicalJson(value)).toThrow(RangeError);
  });
});
