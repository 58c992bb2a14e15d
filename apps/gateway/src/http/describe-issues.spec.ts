import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { describeIssues } from './describe-issues.js';

const prompt = z.strictObject({ prompt: z.string(), generate: z.strictObject({ maxTokens: z.int() }) });
const exchange = z.strictObject({ prompt: z.string(), completion: z.string() });
const input = z.strictObject({ input: z.union([z.strictObject({ text: z.string() }), prompt, exchange]) });

function problems(given: unknown) {
  const parsed = input.safeParse({ input: given }, { reportInput: true });
  return parsed.success ? [] : describeIssues(parsed.error.issues);
}

describe('what is wrong with an input of several forms', () => {
  it('names members that do not go together', () => {
    expect(problems({ prompt: 'a', generate: { maxTokens: 1 }, completion: 'b' })).toEqual([
      { pointer: '/input', code: 'SCHEMA_VIOLATION', detail: '"completion" and "generate" do not go together: send one of them' },
    ]);
  });

  it('names a member that no form has', () => {
    expect(problems({ prompt: 'a', completion: 'b', generte: 1 })).toEqual([
      { pointer: '/input/generte', code: 'FIELD_UNKNOWN', detail: 'there is no member "generte"' },
    ]);
  });

  it('is that of the form that was meant', () => {
    expect(problems({ prompt: 'a', completion: 3 })).toEqual([
      { pointer: '/input/completion', code: 'SCHEMA_VIOLATION', detail: 'must be a text; it is 3' },
    ]);
  });
});
