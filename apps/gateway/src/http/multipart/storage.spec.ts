import { describe, expect, it } from '@jest/globals';
import { ProblemError } from '#platform';
import { expectRoom, RESERVE_BYTES, toStorageProblem } from './storage.js';

const limit = 1000;
const ask = (length: string | undefined, free: number) =>
  expectRoom({ headers: length === undefined ? {} : { 'content-length': length } }, limit, () => Promise.resolve(free)).then(
    () => 'room',
    (error: unknown) => (error instanceof ProblemError ? error.problem.code : error),
  );

describe('room for an upload', () => {
  it('is there for its bytes and the reserve, to the byte', async () => {
    expect(await ask('1000', RESERVE_BYTES + 1000)).toBe('room');
    expect(await ask('1000', RESERVE_BYTES + 999)).toBe('STORAGE_FULL');
  });

  it('is the reserve where the length is not told, and not asked for where the body is too large anyway', async () => {
    expect(await ask(undefined, RESERVE_BYTES)).toBe('room');
    expect(await ask(undefined, RESERVE_BYTES - 1)).toBe('STORAGE_FULL');
    expect(await ask('1001', 0)).toBe('room');
  });
});

describe('what writing failed with', () => {
  it('is STORAGE_FULL where the disk or the quota was full, and itself otherwise', () => {
    for (const code of ['ENOSPC', 'EDQUOT'])
      expect(toStorageProblem(Object.assign(new Error('write'), { code }))).toMatchObject({ problem: { code: 'STORAGE_FULL' } });
    for (const other of [Object.assign(new Error('write'), { code: 'EIO' }), new Error('ENOSPC'), 'ENOSPC'])
      expect(toStorageProblem(other)).toBe(other);
  });
});
