import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { InferenceSession } from 'onnxruntime-node';
import type { LanguageModel } from '#explainers';
import { readSafetensors } from '#testing';
import { LanguageBench, plainModel, readParts, storiesFolder, summingModel, type Reading } from '../../test/language-bench.js';

const bench = new LanguageBench();
const parts = [6, 1, 1, 3, 1, 2, 4];
const text = 'Once upon a time, there was a little girl named Lily. She';
const closeness = { logits: 1e-4, attention: 2e-5 };

afterAll(() => bench.close());

/** The largest difference of two lists of lists; Infinity where they are of another shape. */
function differ(one: readonly (readonly number[])[], other: readonly (readonly number[])[]): number {
  if (one.length !== other.length) return Infinity;
  return Math.max(
    0,
    ...one.map((row, at) => {
      const beside = other[at] ?? [];
      if (row.length !== beside.length) return Infinity;
      const errors = row.map((value, place) => Math.abs(value - (beside[place] ?? NaN)));
      return errors.some(Number.isNaN) ? Infinity : Math.max(0, ...errors);
    }),
  );
}

function expectAlike(one: Reading, other: Reading): void {
  expect(differ(one.logits, other.logits)).toBeLessThan(closeness.logits);
  // In parts a row ends with the tokens read so far: what follows is nothing.
  const cut = (reading: Reading) => reading.rows.map((rows, token) => rows.map((row) => row.slice(0, token + 1)));
  const [rows, otherRows] = [cut(one), cut(other)];
  expect(rows).toHaveLength(otherRows.length);
  rows.forEach((token, at) => expect(differ(token, otherRows[at] ?? [])).toBeLessThan(closeness.attention));
}

describe.each([
  ['with a cache', true],
  ['without a cache', false],
])('a sequence of stories260k %s', (_what, kvCache) => {
  let model: LanguageModel;
  let ids: Int32Array;

  beforeAll(async () => {
    model = await bench.open(storiesFolder, { kvCache });
    ids = Int32Array.from([...model.encode(text).ids, 404]);
  });

  it('gives the same read at once and in parts', async () => {
    expect(ids).toHaveLength(18);
    const whole = await readParts(model.begin('probability'), ids, [ids.length], true);
    expect(whole.logits[0]).toHaveLength(512);
    expect(whole.rows.map((rows) => rows.length)).toEqual(ids.reduce<number[]>((all) => [...all, 5 * 8], []));
    expectAlike(await readParts(model.begin('probability'), ids, parts, true), whole);
  });

  it('gives rows that are distributions over the tokens up to their own', async () => {
    const { rows } = await readParts(model.begin('probability'), ids, [ids.length], true);
    rows.forEach((token, place) => {
      for (const row of token) {
        expect(row).toHaveLength(ids.length);
        expect(row.slice(0, place + 1).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
        expect(row.slice(place + 1).every((value) => value === 0)).toBe(true);
      }
    });
  });

  it('says the same with and without attention, asked for at once, later or never', async () => {
    const whole = await readParts(model.begin('probability'), ids, [ids.length], true);
    const { logits } = await readParts(model.begin(null), ids, parts, false);
    expect(differ(logits, whole.logits)).toBeLessThan(closeness.logits);
    const sequence = model.begin(null);
    await sequence.read(ids.subarray(0, 7), 1, false);
    const { logits: last, attention } = await sequence.read(ids.subarray(7), 2, true);
    expect(differ([[...last]], [whole.logits.slice(-2).flat()])).toBeLessThan(closeness.logits);
    expect(attention).toHaveLength(5);
    expect(attention?.[3]).toMatchObject({ kind: 'causal-self', layer: 3, operator: 'Softmax', heads: 8, queries: 2, keys: 18 });
    const row = attention?.[3]?.probabilities.subarray((5 * 2 + 1) * 18, (5 * 2 + 2) * 18) ?? [];
    expect(differ([[...row]], [whole.rows[17]?.[3 * 8 + 5] ?? []])).toBeLessThan(closeness.attention);
    const after = await sequence.read(Int32Array.of(261), 1, false);
    expect(after).toMatchObject({ attention: null });
    const longer = await readParts(model.begin(null), Int32Array.from([...ids, 261]), [19], false);
    expect(differ([[...after.logits]], longer.logits.slice(-1))).toBeLessThan(closeness.logits);
  });

  it('gives the scores before the softmax to who asks for them, of the same numbers', async () => {
    const [plain, scored] = [model.begin('probability'), model.begin('score')];
    for (const [from, to] of [
      [0, 7],
      [7, 8],
      [8, 18],
    ] as const) {
      const part = ids.subarray(from, to);
      const { attention, logits } = await scored.read(part, part.length, true);
      const read = await plain.read(part, part.length, true);
      expect(differ([[...logits]], [[...read.logits]])).toBeLessThan(closeness.logits);
      expect(attention).toHaveLength(5);
      attention?.forEach(({ scores = new Float32Array(), probabilities, keys }, layer) => {
        expect(read.attention?.[layer]).not.toHaveProperty('scores');
        expect(differ([[...probabilities]], [[...(read.attention?.[layer]?.probabilities ?? [])]])).toBeLessThan(closeness.attention);
        expect(scores).toHaveLength(probabilities.length);
        for (let start = 0; start < scores.length; start += keys) {
          const shares = Array.from(scores.subarray(start, start + keys), Math.exp);
          const sum = shares.reduce((total, share) => total + share, 0);
          const softmax = shares.map((share) => share / sum);
          expect(differ([softmax], [[...probabilities.subarray(start, start + keys)]])).toBeLessThan(closeness.attention);
        }
      });
    }
  });

  it('measures separators once they are read, and the same as at once', async () => {
    const separators = [2, 9, 15];
    const shareOf = async (lengths: readonly number[]) => {
      const sequence = model.begin('byte', separators);
      const shares: number[] = [];
      let from = 0;
      for (const length of lengths) {
        const { attention } = await sequence.read(ids.subarray(from, from + length), 1, true);
        from += length;
        shares.push(...(attention ?? []).flatMap(({ quantised }) => [...(quantised?.rows.separator ?? [])]));
      }
      return shares.slice(-5 * 8);
    };
    const parted = await shareOf([6, 1, 5, 6]);
    expect(parted).toHaveLength(5 * 8);
    expect(differ([parted], [await shareOf([18])])).toBeLessThan(closeness.attention);
    const { rows } = await readParts(model.begin('probability'), ids, [ids.length], true);
    const right = rows.at(-1)?.map((row) => separators.reduce((sum, key) => sum + (row[key] ?? NaN), 0)) ?? [];
    expect(differ([parted], [right])).toBeLessThan(closeness.attention);
  });

  it('gives the last positions alone', async () => {
    const whole = await readParts(model.begin(null), ids, [ids.length], false);
    const { logits } = await model.begin(null).read(ids, 3, false);
    expect([...logits]).toEqual(whole.logits.slice(-3).flat());
  });

  it('counts passes, however many tokens they have', async () => {
    const before = model.modelRows;
    await readParts(model.begin('probability'), ids, parts, true);
    expect(model.modelRows - before).toBe(parts.length);
  });

  it('refuses what goes beyond the context, and has read nothing of it', async () => {
    const sequence = model.begin(null);
    await sequence.read(new Int32Array(500).fill(261), 1, false);
    await expect(sequence.read(new Int32Array(13).fill(261), 1, true)).rejects.toMatchObject({
      code: 'CONTEXT_EXCEEDED',
      detail: 'the text would have 513 tokens, and the model reads 512',
    });
    expect(sequence.length).toBe(500);
    await sequence.read(new Int32Array(12).fill(261), 12, true);
    expect(sequence.length).toBe(512);
  });

  it('has read nothing of what the model refuses', async () => {
    const sequence = model.begin(null);
    await sequence.read(ids.subarray(0, 5), 1, false);
    await expect(sequence.read(Int32Array.of(99_999), 1, true)).rejects.toMatchObject({ code: 'MODEL_RUN_FAILED' });
    expect(sequence.length).toBe(5);
    const { logits } = await sequence.read(ids.subarray(5), 1, false);
    const whole = await readParts(model.begin(null), ids, [ids.length], false);
    expect(differ([[...logits]], whole.logits.slice(-1))).toBeLessThan(closeness.logits);
  });

  it.each([
    [0, 1],
    [3, 0],
    [3, 4],
    [3, 1.5],
  ])('refuses to read %i tokens and tell of the last %d', async (length, last) => {
    await expect(model.begin(null).read(ids.subarray(0, length), last, false)).rejects.toThrow(RangeError);
  });

  it('is read by one caller at a time', async () => {
    const sequence = model.begin(null);
    const first = sequence.read(ids.subarray(0, 2), 1, false);
    await expect(sequence.read(ids.subarray(2, 4), 1, false)).rejects.toThrow('one caller');
    await first;
    expect(sequence.length).toBe(2);
  });
});

it('a sequence that is begun for attention opens one session', async () => {
  const create = jest.spyOn(InferenceSession, 'create');
  try {
    const model = await bench.open(storiesFolder);
    const probed = create.mock.calls.length;
    const sequence = model.begin('probability');
    await sequence.read(Int32Array.of(1, 403), 1, false);
    await sequence.read(Int32Array.of(407), 1, true);
    expect(create.mock.calls.length - probed).toBe(1);
  } finally {
    create.mockRestore();
  }
});

it('both files of stories260k give the same numbers', async () => {
  const [cached, plain] = await Promise.all([bench.open(storiesFolder), bench.open(storiesFolder, { kvCache: false })]);
  const { ids } = cached.encode(text);
  expectAlike(
    await readParts(cached.begin('probability'), ids, [ids.length], true),
    await readParts(plain.begin('probability'), ids, [ids.length], true),
  );
});

describe.each(['int64', 'int32'] as const)('a toy of %s with a closed form', (type) => {
  it('is told the position of each token, and what came before', async () => {
    const model = await bench.open(await bench.write({ 'model.onnx': summingModel({ type }) }));
    const ids = Int32Array.of(5, 3, 9, 1, 1, 7, 2, 4, 8, 6);
    const { logits } = await readParts(model.begin(null), ids, [4, 1, 2, 3], false);
    expect(logits).toEqual([...ids].map((id, at) => [at, id, ids.slice(0, at + 1).reduce((sum, one) => sum + one, 0), 0]));
    const sequence = model.begin(null);
    await sequence.read(ids, 1, false);
    await expect(sequence.read(ids, 1, true)).rejects.toMatchObject({ code: 'ATTENTION_UNAVAILABLE' });
    expect(sequence.length).toBe(10);
  });
});

it('refuses logits that are no numbers, by token', async () => {
  const model = await bench.open(
    await bench.write({
      'model.onnx': plainModel([
        { op: 'Sub', inputs: ['numbers', 'fatal'], outputs: ['distance'] },
        { op: 'Reciprocal', inputs: ['distance'], outputs: ['wide'] },
        { op: 'Concat', inputs: ['numbers', 'wide'], outputs: ['logits'], attributes: { axis: { int: 2 } } },
      ]),
    }),
  );
  const sequence = model.begin(null);
  await sequence.read(Int32Array.of(300, 301), 1, false);
  await expect(sequence.read(Int32Array.of(2, 3, 7), 2, false)).rejects.toMatchObject({
    code: 'MODEL_OUTPUT_NON_FINITE',
    detail: 'the model answers Infinity for token 1 behind token 4 of the text',
  });
});

describe('an export of onnxruntime-genai', () => {
  const folder = new URL('../../../../test/conformance/cases/qwen2-genai-int4-level0', import.meta.url).pathname;

  it('gives logits and attention of the reference, in parts too', async () => {
    const file = async (name: string) => new Uint8Array(await readFile(join(folder, name)));
    const model = await bench.open(
      await bench.write({ 'model.onnx': await file('model.onnx'), 'model.onnx.data': await file('model.onnx.data') }),
    );
    const tensors = readSafetensors((await file('case.safetensors')).buffer);
    const numbers = (name: string) => Array.from(tensors.get(name)?.data ?? [], Number);
    const [ids, mask, logits, attentions] = ['input.input_ids', 'input.attention_mask', 'logits', 'attentions'].map(numbers);
    // Rows are [2, 12], of which the second ends in padding; attention is [layer 2, row 2, head 4, query 12, key 12].
    for (const row of [0, 1]) {
      const real = mask?.slice(row * 12, (row + 1) * 12).filter((bit) => bit === 1).length ?? 0;
      const fed = Int32Array.from(ids?.slice(row * 12, row * 12 + real) ?? []);
      const read = await readParts(model.begin('probability'), fed, [3, 1, real - 4], true);
      const size = (list: readonly number[]) => Math.hypot(...list);
      const right = logits?.slice(row * 12 * 512, (row * 12 + real) * 512) ?? [];
      expect(size(read.logits.flat().map((value, at) => value - (right[at] ?? NaN))) / size(right)).toBeLessThan(1e-5);
      expect(read.rows.map((heads) => heads.length)).toEqual(Array<number>(real).fill(8));
      read.rows.forEach((heads, query) =>
        heads.forEach((keys, head) =>
          keys.forEach((value, key) => {
            const [layer, within] = [Math.floor(head / 4), head % 4];
            expect(Math.abs(value - (attentions?.[(((layer * 2 + row) * 4 + within) * 12 + query) * 12 + key] ?? NaN))).toBeLessThan(1e-5);
          }),
        ),
      );
    }
  });
});
