import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { compareLowering } from './compare/lowering.js';
import { listCases, readCase } from './conformance-case.js';

const folders = await listCases(fileURLToPath(new URL('cases', import.meta.url)));
const cases = await Promise.all(folders.map(readCase));

describe('fused operators of exported models', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s answers as before once they are written out', async (_name, one) => {
    expect(await compareLowering(one)).toMatchObject({ ok: true });
  });
});
