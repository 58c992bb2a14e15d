import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TextModel, type ModelDescription } from '#explainers';
import { readGoldenText } from '#testing';
import { OnnxModels } from '../onnx-models.js';
import type { OpenOnnxModel } from '../open-onnx-model.js';

interface Reference {
  readonly text: string;
  readonly ids: readonly number[];
  readonly tokens: readonly string[];
  readonly offsetsCodePoints: readonly (readonly [number, number])[];
  readonly logits: readonly number[];
  readonly logitsFloat64: readonly number[];
}

const folder = new URL('../../../../models/sst2-minilm', import.meta.url).pathname;
const { rows: references } = JSON.parse(readGoldenText('sst2-minilm/predictions.json')) as { rows: Reference[] };

const models = new OnnxModels();
let description: ModelDescription;
let open: OpenOnnxModel;

function forRun(cache: 'use' | 'bypass' = 'bypass'): TextModel {
  const model = open.forRun(cache);
  if (!(model instanceof TextModel)) throw new Error('sst2-minilm is a text model');
  return model;
}

beforeAll(async () => {
  ({ description } = await models.probe({ folder, name: 'sst2-minilm', version: '1' }));
  open = await models.open({ folder, description });
});

afterAll(() => open.close());

describe('encode', () => {
  it.each(references.map((reference) => [reference.text.slice(0, 40), reference] as const))(
    'reads %j as the reference does',
    (_start, reference) => {
      const { text } = reference;
      const encoding = forRun().encode(text);
      expect([...encoding.ids]).toEqual(reference.ids);
      expect(encoding.tokens).toEqual(reference.tokens);
      const utf16 = (place: number) => [...text].slice(0, place).join('').length;
      expect(encoding.offsets).toEqual(reference.offsetsCodePoints.map((span) => span.map(utf16)));
      expect(encoding.cutFrom).toBeNull();
    },
  );

  it('knows the tokens that are not in the text, and those that only look like them', () => {
    const { tokens, special, offsets } = forRun().encode('[MASK] [SEP]');
    expect(tokens).toEqual(['[CLS]', '[MASK]', '[SEP]', '[SEP]']);
    expect(special).toEqual([true, false, false, true]);
    expect(offsets).toEqual([
      [0, 0],
      [0, 6],
      [7, 12],
      [0, 0],
    ]);
  });

  it('cuts the end of the text, keeps the closing token, and says where', () => {
    const words = Array.from({ length: 600 }, () => '😀 ok').join(' ');
    const { ids, special, cutFrom, offsets } = forRun().encode(words);
    expect(ids).toHaveLength(512);
    expect([ids[0], ids[511]]).toEqual([101, 102]);
    expect(special.filter(Boolean)).toHaveLength(2);
    // 510 tokens are 255 pairs; a pair takes 6 code units with its space.
    expect(cutFrom).toBe(255 * 6);
    expect(offsets[510]).toEqual([255 * 6 - 3, 255 * 6 - 1]);
  });

  it('takes a text of exactly the tokens that fit as a whole', () => {
    const { ids, cutFrom } = forRun().encode(Array.from({ length: 510 }, () => 'ok').join(' '));
    expect([ids.length, cutFrom]).toEqual([512, null]);
    const longer = forRun().encode(Array.from({ length: 511 }, () => 'ok').join(' '));
    expect([longer.ids.length, longer.cutFrom]).toEqual([512, 510 * 3]);
  });

  it.each(['a\0b', '\ud800', 'x\udc00y', '😀\ud83d'])('refuses %j, which the tokenizer would bend', (text) => {
    expect(() => forRun().encode(text)).toThrow(expect.objectContaining({ code: 'TEXT_INVALID' }));
  });
});

describe('predict', () => {
  it('gives the logits of the reference for every text, all in one call', async () => {
    const scores = await forRun().predict(references.map(({ ids }) => Int32Array.from(ids)));
    references.forEach(({ text, logits, logitsFloat64 }, row) => {
      for (const output of [0, 1]) {
        const error = Math.abs((scores[2 * row + output] ?? NaN) - (logits[output] ?? NaN));
        expect([text, error < 2e-5]).toEqual([text, true]);
        // Float32 itself is this far from the exact numbers, at most.
        expect(Math.abs((scores[2 * row + output] ?? NaN) - (logitsFloat64[output] ?? NaN))).toBeLessThan(2e-5);
      }
    });
  });

  it('gives a row the same bits alone, in company, and padded', async () => {
    const rows = references.map(({ ids }) => Int32Array.from(ids));
    const together = await forRun().predict(rows);
    for (const row of [0, 7, 33, 34, 40, 59]) {
      const alone = await forRun().predict(rows.slice(row, row + 1));
      expect([...alone]).toEqual([together[2 * row], together[2 * row + 1]]);
    }
    const reversed = await forRun().predict([...rows].reverse());
    expect(Array.from({ length: rows.length }, (_, row) => reversed[2 * (rows.length - 1 - row)])).toEqual(
      Array.from({ length: rows.length }, (_, row) => together[2 * row]),
    );
  });

  it('counts rows that are equal once a call, and answers each in its place', async () => {
    const model = forRun();
    const [one, other] = references.slice(0, 2).map(({ ids }) => Int32Array.from(ids));
    if (one === undefined || other === undefined) throw new Error('two references');
    const scores = await model.predict([one, other, one, Int32Array.from(one)]);
    expect(model.modelRows).toBe(2);
    expect([scores[4], scores[6], scores[2] === scores[0]]).toEqual([scores[0], scores[0], false]);
    await model.predict([one]);
    expect(model.modelRows).toBe(3);
  });

  it('answers the same with and without the scores of earlier runs, and counts the same', async () => {
    const rows = references.slice(0, 12).map(({ ids }) => Int32Array.from(ids));
    const first = forRun('use');
    const before = await first.predict(rows);
    const again = forRun('use');
    const after = await again.predict([...rows].reverse());
    const fresh = forRun('bypass');
    const without = await fresh.predict(rows);
    expect([...without]).toEqual([...before]);
    expect(after[0]).toBe(before[22]);
    expect([again.modelRows, fresh.modelRows]).toEqual([12, 12]);
  });

  it('does not run rows again that it keeps, whoever opened the model', async () => {
    const [kept, other] = references.slice(50, 52).map(({ ids }) => Int32Array.from(ids));
    if (kept === undefined || other === undefined) throw new Error('two references');
    const scores = await forRun('use').predict([kept]);
    const closed = await models.open({ folder, description });
    const [using, bypassing] = [closed.forRun('use'), closed.forRun('bypass')];
    await closed.close();
    if (!(using instanceof TextModel && bypassing instanceof TextModel)) throw new Error('sst2-minilm is a text model');
    expect([...(await using.predict([kept]))]).toEqual([...scores]);
    await expect(using.predict([kept, other])).rejects.toThrow('closed');
    await expect(bypassing.predict([kept])).rejects.toThrow('closed');
  });

  it('refuses rows without tokens or with more than the model reads', async () => {
    await expect(forRun().predict([new Int32Array()])).rejects.toMatchObject({ code: 'MODEL_RUN_FAILED' });
    await expect(forRun().predict([new Int32Array(513)])).rejects.toMatchObject({
      code: 'MODEL_RUN_FAILED',
      detail: expect.stringContaining('513 tokens'),
    });
  });

  it('reports a token id that the model does not have as a failure of the run', async () => {
    await expect(forRun().predict([Int32Array.of(101, 99999, 102)])).rejects.toMatchObject({
      code: 'MODEL_RUN_FAILED',
      detail: expect.stringContaining('idx=99999'),
    });
  });

  it('tells what it spent, from the start of each run', async () => {
    const model = forRun();
    expect(open.modelMs).toBe(0);
    await model.predict([Int32Array.of(101, 2003, 102)]);
    expect(open.modelMs).toBeGreaterThan(0);
    forRun();
    expect(open.modelMs).toBe(0);
  });
});

describe('description', () => {
  it('says what was read and measured', () => {
    expect(description).toMatchObject({
      task: 'text-classification',
      classes: ['negative', 'positive'],
      output: { name: 'logits', kind: 'logits' },
      maxTokens: 512,
      maskToken: '[MASK]',
      batchInvariant: true,
      multiLabel: false,
      features: [],
    });
    expect(forRun().maskTokenId).toBe(103);
    expect(forRun().outputs).toBe(2);
  });
});
