import { describe, expect, it } from '@jest/globals';
import { readPreferredWait } from './read-prefer.js';

describe('readPreferredWait', () => {
  it.each([
    [undefined, null],
    ['', null],
    ['respond-async', null],
    ['waiting=3', null],
    ['wait=5', 5],
    ['Wait = 5', 5],
    ['wait="7"', 7],
    ['respond-async, wait=9; x=y', 9],
    ['wait=1, wait=2', 1],
    ['wait=0', 0],
    ['wait=3600', 30],
  ])('%j asks for %j seconds', (header, seconds) => {
    expect(readPreferredWait(header)).toBe(seconds);
  });

  it.each([
    'wait',
    'wait=',
    'wait=soon',
    'wait=-1',
    'wait=1.5',
    'wait=1e3',
    'wait=99999999999',
    'wait="',
    'wait=1=2',
    `wait=${' '.repeat(15_000)}"y`,
  ])('refuses %s', (header) => {
    expect(() => readPreferredWait(header)).toThrow(/HEADER_INVALID/);
  });
});
