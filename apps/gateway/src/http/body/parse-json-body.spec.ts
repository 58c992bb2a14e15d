import { describe, expect, it } from '@jest/globals';
import { ProblemError } from '#platform';
import fc from 'fast-check';
import { parseJsonBody } from './parse-json-body.js';

function refuse(text: string) {
  try {
    parseJsonBody(text);
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
  throw new Error(`accepted ${text}`);
}

describe('parseJsonBody', () => {
  it('reads what was written', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!/__proto__|\\u0000|\\u[dD][89a-fA-F]/.test(text));
        let expected: unknown = JSON.parse(text);
        let read: unknown;
        try {
          read = parseJsonBody(text);
        } catch (error) {
          // Doubles print as integers beyond 2^53 - 1, such as 1e20 as 100000000000000000000.
          expect(error).toMatchObject({ problem: { code: 'NUMBER_OUT_OF_RANGE' } });
          expect(text).toMatch(/\d{16}/);
          read = expected = null;
        }
        expect(read).toEqual(expected);
      }),
    );
  });

  it.each([
    ['{"a":', 'line 1, column 6: Object value expected'],
    ['{"a":1,}', 'line 1, column 8'],
    ['{\n  "a": tru\n}', 'line 2, column 8'],
    ['[1,2', 'line 1, column 5'],
    ["{'a':1}", 'line 1, column 2'],
    ['{"a":1} x', 'line 1, column 9'],
    ['"a\tb"', 'Invalid character'],
    ['"\\x"', 'line 1, column 2'],
    ['// no\n1', 'line 1, column 1'],
    ['   ', 'line 1, column 4'],
    ['[01]', 'line 1, column 3'],
    ['[+1]', 'line 1, column 2'],
  ])('says where %j goes wrong', (text, where) => {
    const problem = refuse(text);
    expect(problem).toMatchObject({ code: 'MALFORMED_JSON', status: 400 });
    expect(problem.detail).toContain(where);
  });

  it.each(['['.repeat(100_000), '{"a":'.repeat(100_000), `${'['.repeat(100_000)}${']'.repeat(100_000)}`])(
    'refuses deep nesting without running out of stack',
    (text) => {
      expect(refuse(text)).toMatchObject({ code: 'MALFORMED_JSON', detail: expect.stringContaining('nested more than 64 deep') });
    },
  );

  it.each([
    ['{"a":1,"a":1}', 'DUPLICATE_KEY', 400, '/a'],
    ['{"seed":1e400}', 'NUMBER_OUT_OF_RANGE', 400, '/seed'],
    ['{"seed":9007199254740993}', 'NUMBER_OUT_OF_RANGE', 400, '/seed'],
    ['{"a":[NaN]}', 'NUMBER_OUT_OF_RANGE', 400, '/a/0'],
    ['{"a":-Infinity}', 'NUMBER_OUT_OF_RANGE', 400, '/a'],
    ['{"labels":{"__proto__":"x"}}', 'FIELD_UNKNOWN', 422, '/labels/__proto__'],
    ['{"labels":{"__pro\\u0074o__":"x"}}', 'FIELD_UNKNOWN', 422, '/labels/__proto__'],
    ['{"input":{"text":"a\\u0000b"}}', 'TEXT_INVALID', 422, '/input/text'],
    ['{"input":{"text":"\\ud800 film"}}', 'TEXT_INVALID', 422, '/input/text'],
    ['{"input":{"text":"\\uDFFF"}}', 'TEXT_INVALID', 422, '/input/text'],
    ['{"labels":{"a\\ud800":"x"}}', 'TEXT_INVALID', 422, '/labels'],
  ])('refuses %s', (text, code, status, pointer) => {
    expect(refuse(text)).toMatchObject({ code, status, errors: [{ pointer, code }] });
  });

  it('keeps pairs of surrogates and everything else that Unicode has', () => {
    expect(parseJsonBody('"\\ud83d\\ude00 \u202e \ufffe \u200b"')).toBe('😀 \u202e \ufffe \u200b');
  });

  it('reads -0 as 0', () => {
    expect(Object.is((parseJsonBody('{"a":[-0, 1]}') as { a: number[] }).a[0], 0)).toBe(true);
  });

  it('never touches a prototype', () => {
    refuse('{"__proto__":{"polluted":true}}');
    expect(parseJsonBody('{"constructor":{"prototype":{"polluted":true}}}')).toEqual({ constructor: { prototype: { polluted: true } } });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
