import { describe, expect, it } from '@jest/globals';
import { jobRequestSchema } from '#jobs';
import { ProblemError } from '#platform';
import { toyExplainers } from '../../test/toy-explainer.js';
import { parseBody } from './parse-body.js';

const schema = jobRequestSchema(toyExplainers);
const good = { method: 'toy-shap', model: { name: 'sentiment' }, input: { text: 'A film.' } };

function refuse(body: unknown) {
  try {
    parseBody(schema, body);
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
  throw new Error('accepted');
}

describe('parseBody', () => {
  it('accepts a body and fills in the defaults', () => {
    expect(parseBody(schema, good)).toMatchObject({ params: { players: 'words', budget: 64 }, priority: 'normal', validateOnly: false });
  });

  it.each<[string, unknown, string, string, string]>([
    ['an unknown method', { ...good, method: 'nope' }, 'METHOD_UNKNOWN', '/method', 'must be one of toy-shap, toy-sampling; it is "nope"'],
    [
      'a method that is no text',
      { ...good, method: { not: '' } },
      'METHOD_UNKNOWN',
      '/method',
      'must be one of toy-shap, toy-sampling; it is an object',
    ],
    ['no method', { ...good, method: undefined }, 'SCHEMA_VIOLATION', '/method', 'is required: one of toy-shap, toy-sampling'],
    ['a list', [good], 'SCHEMA_VIOLATION', '', 'must be an object; it is a list'],
    ['null', null, 'SCHEMA_VIOLATION', '', 'must be an object; it is null'],
    [
      'an unknown member',
      { ...good, tenantId: 'other' },
      'FIELD_UNKNOWN',
      '/tenantId',
      'there is no member "tenantId"; there are "method", "model", "target", "targets", "params", "baseline", "seed", "labels", "priority", "deadlineSeconds", "subjectRef", "purpose", "cache", "input", "validateOnly"',
    ],
    [
      'an unknown member deep inside',
      { ...good, params: { 'a/b~': 1 } },
      'FIELD_UNKNOWN',
      '/params/a~1b~0',
      'there is no member "a/b~"; there are "players", "budget", "failCheck", "failPlan"',
    ],
    [
      'constructor as a member',
      { ...good, params: { constructor: { prototype: {} } } },
      'FIELD_UNKNOWN',
      '/params/constructor',
      'there is no member "constructor"; there are "players", "budget", "failCheck", "failPlan"',
    ],
    [
      'a budget with a fraction',
      { ...good, params: { budget: 1.5 } },
      'SCHEMA_VIOLATION',
      '/params/budget',
      'must be a whole number; it is 1.5',
    ],
    ['a negative budget', { ...good, params: { budget: -1 } }, 'SCHEMA_VIOLATION', '/params/budget', 'must be at least 1'],
    ['no budget at all', { ...good, params: { budget: 0 } }, 'SCHEMA_VIOLATION', '/params/budget', 'must be at least 1'],
    ['a budget without measure', { ...good, params: { budget: 1e9 } }, 'SCHEMA_VIOLATION', '/params/budget', 'must be at most 1000000'],
    ['a budget in quotes', { ...good, params: { budget: '100' } }, 'SCHEMA_VIOLATION', '/params/budget', 'must be a number; it is "100"'],
    ['params that are null', { ...good, params: null }, 'SCHEMA_VIOLATION', '/params', 'must be an object; it is null'],
    [
      'a model that is an operator',
      { ...good, model: { name: { not: '' } } },
      'SCHEMA_VIOLATION',
      '/model/name',
      'must be a text; it is an object',
    ],
    ['no model', { ...good, model: undefined }, 'SCHEMA_VIOLATION', '/model', 'is required'],
    [
      'version and alias',
      { ...good, model: { name: 'a', version: '1', alias: 'b' } },
      'SCHEMA_VIOLATION',
      '/model/alias',
      'give version or alias, not both',
    ],
    [
      'an input without content',
      { ...good, input: {} },
      'SCHEMA_VIOLATION',
      '/input',
      'must hold "text" or "features" or "image" or "prompt" and "generate" or "prompt" and "completion"',
    ],
    [
      'an input of an unknown kind',
      { ...good, input: { dataset: '../../etc/passwd', rows: [0, 1] } },
      'SCHEMA_VIOLATION',
      '/input',
      'must hold "text" or "features" or "image" or "prompt" and "generate" or "prompt" and "completion"',
    ],
    ['a text that is a number', { ...good, input: { text: 5 } }, 'SCHEMA_VIOLATION', '/input/text', 'must be a text; it is 5'],
    [
      'a cell that is null',
      { ...good, input: { features: { age: null } } },
      'SCHEMA_VIOLATION',
      '/input/features/age',
      'must be a number or a text; it is null',
    ],
    [
      'a cell that is a list',
      { ...good, input: { features: { 'a/b': [1] } } },
      'SCHEMA_VIOLATION',
      '/input/features/a~1b',
      'must be a number or a text; it is a list',
    ],
    ['a seed below zero', { ...good, seed: -1 }, 'SCHEMA_VIOLATION', '/seed', 'must be at least 0'],
    ['a label that is an object', { ...good, labels: { a: { b: 1 } } }, 'SCHEMA_VIOLATION', '/labels/a', 'must be a text; it is an object'],
    [
      'a label with an endless key',
      { ...good, labels: { ['k'.repeat(65)]: 'x' } },
      'SCHEMA_VIOLATION',
      `/labels/${'k'.repeat(65)}`,
      'must have at most 64 characters',
    ],
    [
      'an unknown priority',
      { ...good, priority: 'urgent' },
      'SCHEMA_VIOLATION',
      '/priority',
      'must be one of high, normal, low; it is "urgent"',
    ],
    ['target and targets', { ...good, target: {}, targets: [{}] }, 'SCHEMA_VIOLATION', '/targets', 'give target or targets, not both'],
    ['no targets', { ...good, targets: [] }, 'SCHEMA_VIOLATION', '/targets', 'must have at least 1 item'],
    ['a contrast of one', { ...good, target: { contrast: ['a'] } }, 'SCHEMA_VIOLATION', '/target/contrast', 'must have at least 2 items'],
  ])('refuses %s', (_name, body, code, pointer, detail) => {
    const problem = refuse(body);
    expect(problem).toMatchObject({ code, status: 422, errors: [{ pointer, code, detail }] });
    expect(problem.detail).toBe(`${pointer || 'the body'}: ${detail}`);
  });

  it('lists every fault, under the general code where they differ', () => {
    const problem = refuse({ ...good, state: 'SUCCEEDED', seed: -1 });
    expect(problem.code).toBe('SCHEMA_VIOLATION');
    expect(problem.errors.map((one) => [one.pointer, one.code])).toEqual(
      expect.arrayContaining([
        ['/seed', 'SCHEMA_VIOLATION'],
        ['/state', 'FIELD_UNKNOWN'],
      ]),
    );
    expect(problem.detail).toMatch(/\(2 faults in all\)$/);
  });

  it('neither floods nor hides: at most fifty faults, and how many there are', () => {
    const problem = refuse({ ...good, ...Object.fromEntries(Array.from({ length: 5000 }, (_item, index) => [`x${index}`, 1])) });
    expect(problem.errors).toHaveLength(50);
    expect(problem.detail).toContain('5000 faults in all');
  });

  it('cuts long values', () => {
    expect(refuse({ ...good, method: 'x'.repeat(100_000) }).detail.length).toBeLessThan(200);
  });

  it('says so when there is no body', () => {
    expect(refuse(undefined)).toMatchObject({ code: 'MALFORMED_JSON', detail: 'the body is empty' });
  });
});
