import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { compareGates } from './compare/gates.js';
import { compareMeasured } from './compare/measured.js';
import { compareScores } from './compare/scores.js';
import { listCases, readCase } from './conformance-case.js';

const folders = await listCases(fileURLToPath(new URL('cases', import.meta.url)));
const cases = await Promise.all(folders.map(readCase));

describe('gates on the heads of exported models', () => {
  it.each(cases.map((one) => [one.name, one] as const))(
    '%s answers as before with open gates, and as without a head',
    async (_name, one) => {
      expect(await compareGates(one)).toMatchObject({ ok: true });
    },
  );
});

describe('attention that exported models measure and round themselves', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s gives the bytes and measures of its probabilities', async (_name, one) => {
    expect(await compareMeasured(one)).toMatchObject({ ok: true });
  });
});

describe('scores of exported models', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s gives its probabilities by their softmax', async (_name, one) => {
    expect(await compareScores(one)).toMatchObject({ ok: true });
  });
});
