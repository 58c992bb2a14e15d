import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { scanJson } from './scan-json.js';

const pointers = (list: readonly { readonly pointer: string }[]) => list.map((one) => one.pointer);

describe('scanJson', () => {
  it('finds nothing in ordinary JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const safe = JSON.stringify(value, (_key, one: unknown) => (typeof one === 'number' ? Math.trunc(one) % 1000 : one));
        if (safe.includes('__proto__')) return;
        expect(scanJson(safe, 1000)).toEqual({
          tooDeepAt: null,
          duplicateKeys: [],
          badNumbers: [],
          prototypeKeys: [],
          hasNegativeZero: false,
        });
      }),
    );
  });

  it('finds a member that is named twice, however it is written and wherever it is', () => {
    expect(pointers(scanJson('{"a":1,"b":{"a":2},"a":3}', 9).duplicateKeys)).toEqual(['/a']);
    expect(pointers(scanJson('[0,{"x":[1,{"k":1,"\\u006b":2}]}]', 9).duplicateKeys)).toEqual(['/1/x/1/k']);
    expect(pointers(scanJson('{"a/b~c":1,"a/b~c":1}', 9).duplicateKeys)).toEqual(['/a~1b~0c']);
    expect(scanJson('{"a":"a","b":["a","a"],"c":{"a":1}}', 9).duplicateKeys).toEqual([]);
  });

  it.each([
    ['{"a":1e400}', '/a'],
    ['{"a":[0,-1e999]}', '/a/1'],
    ['[9007199254740992]', '/0'],
    ['[-9007199254740993]', '/0'],
    ['[1e-400]', '/0'],
    ['{"seed":NaN}', '/seed'],
    ['{"seed":-Infinity}', '/seed'],
  ])('finds the number of %s', (text, pointer) => {
    expect(pointers(scanJson(text, 9).badNumbers)).toEqual([pointer]);
  });

  it.each(['[9007199254740991,-9007199254740991]', '[1e308,5e-324,0e999,-0.0,0.1]', '["1e400","NaN"]', '{"NaN":1,"1e400":2}'])(
    'accepts the numbers of %s',
    (text) => {
      expect(scanJson(text, 9).badNumbers).toEqual([]);
    },
  );

  it('tells of -0, and only of it', () => {
    expect(scanJson('[-0]', 9).hasNegativeZero).toBe(true);
    expect(scanJson('[-0.0e7]', 9).hasNegativeZero).toBe(true);
    expect(scanJson('[0,-1,"-0"]', 9).hasNegativeZero).toBe(false);
  });

  it('is not fooled by quotes, backslashes and brackets inside strings', () => {
    const text = JSON.stringify({ a: '"', b: '\\', c: '\\"', d: '[{', e: 'x\\\\', f: { a: 1 } });
    expect(scanJson(text, 2)).toMatchObject({ tooDeepAt: null, duplicateKeys: [] });
  });

  it('finds where the nesting passes the limit, without recursion', () => {
    expect(scanJson('[[[]]]', 3).tooDeepAt).toBeNull();
    expect(scanJson('[[[]]]', 2).tooDeepAt).toBe(2);
    expect(scanJson('['.repeat(1_000_000), 64).tooDeepAt).toBe(64);
    expect(scanJson('{"a":'.repeat(200_000), 64).tooDeepAt).toBe(64 * 5);
  });

  it('ends on any text at all', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\', 'u', '0', 'e', '-', 'N', '1', ' ') }),
        (text) => {
          scanJson(text, 9);
        },
      ),
    );
  });
});
