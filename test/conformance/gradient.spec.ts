import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { compareGradient } from './compare/gradient.js';
import { compareStraightThrough } from './compare/straight-through.js';
import { listCases, readCase } from './conformance-case.js';

const listed = await Promise.all(['cases', 'picture-cases'].map((name) => listCases(fileURLToPath(new URL(name, import.meta.url)))));
const folders = listed.flat();
const cases = await Promise.all(folders.map(readCase));

describe('gradients of exported models', () => {
  it('are compared for texts and pictures', () => {
    expect(cases.filter(({ tensors }) => tensors.has('image')).length).toBeGreaterThanOrEqual(4);
    expect(cases.filter(({ tensors }) => tensors.has('input.input_ids')).length).toBeGreaterThanOrEqual(6);
  });

  it.each(cases.map((one) => [one.name, one] as const))('%s agrees with its reference', async (_name, one) => {
    expect(await compareGradient(one)).toMatchObject({ ok: true });
  });

  it.each(cases.filter(({ expected }) => expected.gradient === 'refuse').map((one) => [one.name, one] as const))(
    '%s has a straight-through gradient near that of the model before it was quantised',
    async (_name, one) => {
      expect(await compareStraightThrough(one)).toMatchObject({ ok: true });
      const reversed = Float32Array.from(one.tensors.get('grad_embeddings')?.data as Float32Array, (value) => -value);
      const stored = one.tensors.get('grad_embeddings');
      if (stored === undefined) throw new Error('there is no gradient to compare with');
      const tensors = new Map(one.tensors).set('grad_embeddings', { ...stored, data: reversed });
      expect(await compareStraightThrough({ ...one, tensors })).toMatchObject({ ok: false });
    },
  );

  it.each([
    ['a text', 'input.input_ids', 'grad_embeddings'],
    ['a picture', 'image', 'gradient'],
  ])('is not taken for right when the reference of %s differs in one number', async (_kind, input, name) => {
    const one = cases.find(({ tensors, tolerance }) => tensors.has(input) && name in tolerance);
    const stored = one?.tensors.get(name);
    if (one === undefined || stored === undefined) throw new Error(`there is no case with ${name}`);
    const data = Float32Array.from(stored.data as Float32Array);
    const size = Math.hypot(...data);
    data[0] = (data[0] ?? 0) + 1e-3 * size;
    const tensors = new Map(one.tensors).set(name, { ...stored, data });
    const outcome = await compareGradient({ ...one, tensors });
    expect(outcome.ok).toBe(false);
    expect(outcome.note).toContain(name);
  });
});
