import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { describeIssues, issueOptions } from './describe-issues.js';

const prompt = z.strictObject({ prompt: z.string(), generate: z.strictObject({ maxTokens: z.int() }) });
const exchange = z.strictObject({ prompt: z.string(), completion: z.string() });
const input = z.strictObject({ input: z.union([z.strictObject({ text: z.string() }), prompt, exchange]) });

function problems(given: unknown) {
  const parsed = input.safeParse({ input: given }, issueOptions);
  return parsed.success ? [] : describeIssues(parsed.error.issues);
}

const gate = z.strictObject({ layer: z.int(), head: z.int().min(0) });
const list = z.strictObject({ sets: z.union([z.literal('each'), z.array(z.array(gate).min(1)).min(1)]) });
const whole = z.strictObject({ sets: z.union([z.enum(['all', 'none']), z.int(), z.null()]) });

function wrongSets(schema: z.ZodType, sets: unknown) {
  const parsed = schema.safeParse({ sets }, issueOptions);
  return parsed.success ? [] : describeIssues(parsed.error.issues).map(({ pointer, detail }) => [pointer, detail]);
}

describe('what is wrong with a value of several types', () => {
  it.each([
    [[[{ layer: 0 }]], [['/sets/0/0/head', 'is required']]],
    [
      [[{ layer: 0, head: -1 }], 4],
      [
        ['/sets/0/0/head', 'must be at least 0'],
        ['/sets/1', 'must be a list; it is 4'],
      ],
    ],
    [[['a']], [['/sets/0/0', 'must be an object; it is "a"']]],
    ['all', [['/sets', 'must be each or a list; it is "all"']]],
    [undefined, [['/sets', 'is required']]],
  ])('of %j is that of the type that fits, or none of them', (sets, wrong) => {
    expect(wrongSets(list, sets)).toEqual(wrong);
  });

  it('lists every type there is', () => {
    expect(wrongSets(whole, 1.5)).toEqual([['/sets', 'must be all, none, a whole number or null; it is 1.5']]);
  });
});

describe('a member that does not exist', () => {
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`column ${at}`, z.int().optional()]));
  const schema = z.strictObject({
    one: z.strictObject({ reduce: z.string().optional(), keep: z.int().optional() }),
    none: z.strictObject({}),
    many: z.strictObject(many),
  });
  const good = { one: {}, none: {}, many: {} };
  const wrong = (given: object) => {
    const parsed = schema.safeParse({ ...good, ...given }, issueOptions);
    return parsed.success ? [] : describeIssues(parsed.error.issues).map(({ pointer, detail }) => [pointer, detail]);
  };

  it('is answered with those that there are', () => {
    expect(wrong({ one: { reduction: 'sum', x: 1 } })).toEqual([
      ['/one/reduction', 'there is no member "reduction"; there are "reduce", "keep"'],
      ['/one/x', 'there is no member "x"; there are "reduce", "keep"'],
    ]);
    expect(wrong({ none: { x: 1 } })).toEqual([['/none/x', 'there is no member "x", and no other']]);
  });

  it('is answered with the nearest of many', () => {
    expect(wrong({ many: { 'colum 29': 1 } })[0]?.[1]).toMatch(/^there is no member "colum 29"; there are "column 29", .* \(30 in all\)$/);
  });
});

describe('what is wrong with an input of several forms', () => {
  it('is where the one form that has its members goes wrong', () => {
    expect(problems({ prompt: 'a', generate: {} })).toEqual([
      { pointer: '/input/generate/maxTokens', code: 'SCHEMA_VIOLATION', detail: 'is required' },
    ]);
  });

  it('names members that do not go together', () => {
    expect(problems({ prompt: 'a', generate: { maxTokens: 1 }, completion: 'b' })).toEqual([
      { pointer: '/input', code: 'SCHEMA_VIOLATION', detail: '"completion" and "generate" do not go together: send one of them' },
    ]);
  });

  it('names what is missing beside the members that are there', () => {
    expect(problems({ prompt: 'a' })).toEqual([
      { pointer: '/input', code: 'SCHEMA_VIOLATION', detail: 'must hold "generate" or "completion" beside "prompt"' },
    ]);
    expect(problems({}).map(({ detail }) => detail)).toEqual(['must hold "text" or "prompt" and "generate" or "prompt" and "completion"']);
  });

  it('names a member that no form has', () => {
    expect(problems({ prompt: 'a', completion: 'b', generte: 1 })).toEqual([
      {
        pointer: '/input/generte',
        code: 'FIELD_UNKNOWN',
        detail: 'there is no member "generte"; there are "prompt", "completion"',
      },
    ]);
  });

  it('is that of the form that was meant', () => {
    expect(problems({ prompt: 'a', completion: 3 })).toEqual([
      { pointer: '/input/completion', code: 'SCHEMA_VIOLATION', detail: 'must be a text; it is 3' },
    ]);
  });
});
