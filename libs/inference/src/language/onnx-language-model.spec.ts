import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LanguageModel } from '#explainers';
import { LanguageBench, storiesFolder } from '../../test/language-bench.js';

const bench = new LanguageBench();
let model: LanguageModel;

beforeAll(async () => void (model = await bench.open(storiesFolder)));
afterAll(() => bench.close());

const refusal = (code: string, detail: RegExp, remedy: RegExp) =>
  expect.objectContaining({ code, detail: expect.stringMatching(detail), remedy: expect.stringMatching(remedy) });

describe('encode', () => {
  it('puts the special token of the beginning before a text, and none behind it', () => {
    const { ids, tokens, special, offsets, cutFrom } = model.encode('Once upon 😀 a');
    expect(ids[0]).toBe(1);
    expect(tokens.slice(0, 3)).toEqual(['<s>', '▁Once', '▁upon']);
    expect(special).toEqual(tokens.map((_, at) => at === 0));
    expect(offsets[0]).toEqual([0, 0]);
    // Every byte of the emoji has the place of the whole.
    expect(offsets.filter(([start, end]) => start === 10 && end === 12)).toHaveLength(4);
    expect(offsets.at(-1)).toEqual([12, 14]);
    expect(cutFrom).toBeNull();
    expect([...model.encode('').ids]).toEqual([1]);
  });

  it('does not cut what is longer than the context', () => {
    const { ids, cutFrom } = model.encode('Once '.repeat(600));
    expect(ids.length).toBeGreaterThan(600);
    expect(cutFrom).toBeNull();
  });

  it.each(['a\0b', '\ud800', '😀\ud83d'])('refuses %j', (text) => {
    expect(() => model.encode(text)).toThrow(expect.objectContaining({ code: 'TEXT_INVALID' }));
    expect(() => model.encodeContinuation('Once', text)).toThrow(expect.objectContaining({ code: 'TEXT_INVALID' }));
    expect(() => model.encodeContinuation(text, ' upon')).toThrow(expect.objectContaining({ code: 'TEXT_INVALID' }));
  });

  it('drops what a tokenizer puts behind a text', async () => {
    const template = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
    const tokenizer = JSON.parse(await readFile(join(storiesFolder, 'tokenizer.json'), 'utf8')) as {
      post_processor: { single: unknown[]; special_tokens: Record<string, unknown> };
    };
    tokenizer.post_processor.single.push(template('</s>'));
    tokenizer.post_processor.special_tokens['</s>'] = { id: '</s>', ids: [2], tokens: ['</s>'] };
    const [onnx, manifest] = await Promise.all(['model.onnx', 'config.json'].map((name) => readFile(join(storiesFolder, name))));
    const closing = await bench.open(
      await bench.write({ 'model.onnx': onnx ?? '', 'config.json': manifest ?? '', 'tokenizer.json': JSON.stringify(tokenizer) }),
    );
    for (const text of ['Once upon', '', '</s>']) expect([...closing.encode(text).ids]).toEqual([...model.encode(text).ids]);
    expect(closing.encodeContinuation('Once', ' upon').tokens).toEqual(['▁upon']);
  });
});

describe('encodeContinuation', () => {
  it.each([
    ['Tom and Ben', ' played.'],
    ['Tom and Ben', ''],
    ['', 'Once upon a time'],
    ['He said 😀', ' 😀, she said\nno.'],
    ['Once upon a time,', ' there was 日本 a girl'],
  ])('of %j by %j gives the tokens of both together behind those of the first', (prompt, continuation) => {
    const { ids, offsets, special, tokens, cutFrom } = model.encodeContinuation(prompt, continuation);
    expect([...model.encode(prompt).ids, ...ids]).toEqual([...model.encode(prompt + continuation).ids]);
    expect([tokens.length, offsets.length, special.length]).toEqual([ids.length, ids.length, ids.length]);
    expect(special.some(Boolean)).toBe(false);
    expect(cutFrom).toBeNull();
    const shown = model.encode(prompt + continuation).offsets.slice(-ids.length);
    if (ids.length > 0) expect(offsets).toEqual(shown.map((span) => span.map((at) => at - prompt.length)));
    for (const [start, end] of offsets) expect(0 <= start && start < end && end <= continuation.length).toBe(true);
  });

  it('refuses a continuation inside a token, and says how to move it', () => {
    expect(() => model.encodeContinuation('Once upon a ti', 'me')).toThrow(
      refusal('PARAM_INVALID', /the prompt ends in the token "i", .* the text has "▁time" there/, /with the space before it/),
    );
    expect(() => model.encodeContinuation('Once upon a ti', 'me')).toThrow(expect.objectContaining({ pointer: '/input/completion' }));
    expect(() => model.encodeContinuation('Once upon a ', 'time')).toThrow(
      refusal('PARAM_INVALID', /the prompt ends in the token "▁"/, /Move the space from the end of the prompt/),
    );
  });
});

describe('spell', () => {
  it.each(['Once upon a time', 'He said 😀😀, "no" — 日本語 é\n\nShe  had', ' x', '\ufffd ok \ufffd'])(
    'gives %j back, one string a token',
    (text) => {
      const prompt = model.encode('Tom').ids;
      const { ids } = model.encodeContinuation('Tom', ` ${text}`);
      const spelled = model.spell(prompt, ids);
      expect(spelled).toHaveLength(ids.length);
      expect(spelled.join('')).toBe(` ${text}`);
    },
  );

  it('gives a character to the token that completes it', () => {
    const { ids } = model.encodeContinuation('Tom', ' 😀.');
    expect(model.spell(model.encode('Tom').ids, ids)).toEqual([' ', '', '', '', '😀', '.']);
    const cut = ids.subarray(0, 3);
    expect(model.spell(Int32Array.from([...model.encode('Tom').ids, ...cut]), ids.subarray(3))).toEqual(['', '😀', '.']);
    // Bytes that never become a character show that they are none.
    expect(model.spell(model.encode('Tom').ids, cut).join('')).toBe(' \ufffd\ufffd');
  });

  it('gives special tokens no text, and a beginning no space', () => {
    expect(model.spell(Int32Array.of(1), Int32Array.of(403, 407, 2, 1))).toEqual(['Once', ' upon', '', '']);
    expect(model.spell(Int32Array.of(1), new Int32Array())).toEqual([]);
  });
});

it('names tokens as the vocabulary does, and by number what it does not have', () => {
  expect([0, 1, 2, 13, 403, 407, 99_999].map((id) => model.nameOf(id))).toEqual([
    '<unk>',
    '<s>',
    '</s>',
    '<0x0A>',
    '▁Once',
    '▁upon',
    '<99999>',
  ]);
});

it('knows its vocabulary, its context and its end', () => {
  expect(model).toMatchObject({ outputs: 512, contextLength: 512, endTokens: [2] });
});
