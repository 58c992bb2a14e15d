import { describe, expect, it } from '@jest/globals';
import { ProblemError } from './problem-error.js';
import { createProblem } from './problem.js';

describe('createProblem', () => {
  it('has every member of the contract, also where nothing is known of the occurrence', () => {
    expect(createProblem('NOT_FOUND')).toEqual({
      type: '/docs/problems#NOT_FOUND',
      title: 'There is nothing here',
      status: 404,
      detail: 'There is nothing here',
      instance: null,
      code: 'NOT_FOUND',
      requestId: null,
      retryable: false,
      remedy: 'Check the address and the id.',
      errors: [],
    });
  });

  it('prefers what the occurrence knows', () => {
    const errors = [{ pointer: '/model/name', code: 'MODEL_UNKNOWN', detail: '"x" is not registered' }] as const;
    const problem = createProblem('MODEL_UNKNOWN', { status: 422, detail: 'd', remedy: 'r', instance: '/v1/jobs', requestId: 'q', errors });
    expect(problem).toMatchObject({ status: 422, detail: 'd', remedy: 'r', instance: '/v1/jobs', requestId: 'q', errors });
  });

  it('keeps the general remedy when an explainer has none of its own', () => {
    expect(createProblem('TEXT_EMPTY', { remedy: null }).remedy).toMatch(/at least one player/);
  });
});

describe('ProblemError', () => {
  it('carries the document, the headers and, for the log alone, the cause', () => {
    const cause = new Error('connect ECONNREFUSED');
    const error = new ProblemError('DATABASE_UNAVAILABLE', { detail: 'no answer' }, { 'Retry-After': '2' }, cause);
    expect(error.problem).toMatchObject({ code: 'DATABASE_UNAVAILABLE', status: 503, detail: 'no answer', retryable: true });
    expect(error.headers).toEqual({ 'Retry-After': '2' });
    expect(error.cause).toBe(cause);
    expect(JSON.stringify(error.problem)).not.toContain('ECONNREFUSED');
  });
});
