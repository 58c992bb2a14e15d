import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { compareAttention } from './compare/attention.js';
import { listCases, readCase } from './conformance-case.js';

const folders = await listCases(fileURLToPath(new URL('cases', import.meta.url)));
const cases = await Promise.all(folders.map(readCase));

describe('attention of exported models', () => {
  it('is compared for at least four cases', () => {
    expect(cases.length).toBeGreaterThanOrEqual(4);
  });

  it.each(cases.map((one) => [one.name, one] as const))('%s agrees with its reference', async (_name, one) => {
    expect(await compareAttention(one)).toMatchObject({ ok: true });
  });

  it('is not taken for right when the reference differs in one number', async () => {
    const [one] = cases.filter(({ tensors }) => tensors.has('attentions'));
    const stored = one?.tensors.get('attentions');
    if (one === undefined || stored === undefined) throw new Error('there is no case with attentions');
    const data = Float32Array.from(stored.data as Float32Array);
    data[0] = (data[0] ?? 0) + 1e-3;
    const tensors = new Map(one.tensors).set('attentions', { ...stored, data });
    expect(await compareAttention({ ...one, tensors })).toMatchObject({ ok: false });
  });

  it('is not taken for right where a refusal was expected', async () => {
    const [one] = cases;
    if (one === undefined) throw new Error('there is no case');
    const expected = { attention: 'refuse', gradient: 'refuse', refusedOperators: ['Softmax'] } as const;
    expect(await compareAttention({ ...one, expected })).toMatchObject({ ok: false });
  });
});
