import { describe, expect, it } from '@jest/globals';
import { describeEnvironment } from './run-environment.js';

const runtime = {
  onnxruntime: '1.30.0',
  executionProvider: 'cpu',
  graphOptimization: 'all',
  executionMode: 'sequential',
  intraOpThreads: 1,
  interOpThreads: 1,
  int8Sums: 'exact',
};

describe('describeEnvironment', () => {
  it('has the same fingerprint every time', () => {
    expect(describeEnvironment('0.1.0', runtime)).toEqual(describeEnvironment('0.1.0', runtime));
  });

  it.each([{ onnxruntime: '1.30.1' }, { intraOpThreads: 2 }, { graphOptimization: 'basic' }])('has another one with %j', (change) => {
    const changed = describeEnvironment('0.1.0', { ...runtime, ...change });
    expect(changed.fingerprint).not.toBe(describeEnvironment('0.1.0', runtime).fingerprint);
  });

  it('has another one for another version of this package', () => {
    expect(describeEnvironment('0.1.1', runtime).fingerprint).not.toBe(describeEnvironment('0.1.0', runtime).fingerprint);
  });
});
