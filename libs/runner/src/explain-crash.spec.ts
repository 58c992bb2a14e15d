import { describe, expect, it } from '@jest/globals';
import { explainCrash } from './explain-crash.js';

describe('explainCrash', () => {
  it('names the signal and the last words', () => {
    const failure = explainCrash({ code: null, signal: 'SIGSEGV', output: 'x', lastLine: 'cannot go on' });
    expect(failure).toMatchObject({ code: 'MODEL_CRASHED', retryable: true });
    expect(failure.detail).toBe('the process that ran the model ended by SIGSEGV; its last words were: cannot go on');
  });

  it.each([
    'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
    "terminate called after throwing an instance of 'std::bad_alloc'",
  ])('knows a lack of memory: %s', (output) => {
    expect(explainCrash({ code: 134, signal: null, output, lastLine: output })).toMatchObject({ code: 'RESOURCE_LIMIT', retryable: false });
  });
});
