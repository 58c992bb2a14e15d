import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TextModel } from '#explainers';
import { buildOnnxModel, type OnnxGraph, type OnnxNode, type OnnxPort } from '#testing';
import { OnnxModels } from '../onnx-models.js';

const bundled = (name: string) => new URL(`../../../../models/${name}`, import.meta.url).pathname;
const models = new OnnxModels();
const closing: (() => Promise<void>)[] = [];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-models-'));
  const made = folder;
  closing.push(() => rm(made, { recursive: true }));
});

afterAll(async () => {
  for (const close of closing) await close();
});

const probe = () => models.probe({ folder, name: 'toy', version: '3' });

async function open(): Promise<TextModel> {
  const { description } = await probe();
  const opened = await models.open({ folder, description });
  closing.unshift(() => opened.close());
  const model = opened.forRun('use');
  if (!(model instanceof TextModel)) throw new Error('a text model');
  return model;
}

const float = (name: string, shape: readonly (number | string)[]): OnnxPort => ({ name, type: 'float32', shape });

/** Words with an id each; `ten` has the id 10. */
const words = ['[PAD]', '[CLS]', '[SEP]', '[MASK]', '[UNK]', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

function tokenizer(extra: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    version: '1.0',
    added_tokens: words
      .slice(0, 5)
      .map((content, id) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true })),
    normalizer: null,
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: { type: 'BertProcessing', sep: ['[SEP]', 2], cls: ['[CLS]', 1] },
    decoder: null,
    model: { type: 'WordLevel', vocab: Object.fromEntries(words.map((word, id) => [word, id])), unk_token: '[UNK]' },
    ...extra,
  });
}

/** A text model whose logits are (0, sum of the ids that are not masked). */
function summing({
  type = 'int64',
  shape = ['rows', 'tokens'],
  mask = true,
}: { readonly type?: 'int64' | 'int32'; readonly shape?: readonly (number | string)[]; readonly mask?: boolean } = {}): Uint8Array {
  const inputs: OnnxPort[] = [{ name: 'input_ids', type, shape }];
  if (mask) inputs.push({ name: 'attention_mask', type, shape });
  const seen: OnnxNode = mask
    ? { op: 'Mul', inputs: ['input_ids', 'attention_mask'], outputs: ['seen'] }
    : { op: 'Identity', inputs: ['input_ids'], outputs: ['seen'] };
  return buildOnnxModel({
    inputs,
    outputs: [float('logits', ['rows', 2])],
    tensors: [
      { name: 'axis', type: 'int64', shape: [1], values: [1] },
      { name: 'zero', type: 'float32', shape: [], values: [0] },
    ],
    nodes: [
      seen,
      { op: 'Cast', inputs: ['seen'], outputs: ['numbers'], attributes: { to: { int: 1 } } },
      { op: 'ReduceSum', inputs: ['numbers', 'axis'], outputs: ['sum'] },
      { op: 'Mul', inputs: ['sum', 'zero'], outputs: ['nothing'] },
      { op: 'Concat', inputs: ['nothing', 'sum'], outputs: ['logits'], attributes: { axis: { int: 1 } } },
    ],
  });
}

const config = { model_type: 'bert', id2label: { 0: 'small', 1: 'large' }, max_position_embeddings: 16 };

async function writeText(
  onnx: Uint8Array,
  settings: Readonly<Record<string, unknown>> = config,
  files: Readonly<Record<string, string>> = { 'tokenizer.json': tokenizer() },
): Promise<void> {
  await writeFile(join(folder, 'model.onnx'), onnx);
  await writeFile(join(folder, 'config.json'), JSON.stringify(settings));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
}

describe('a text model without a manifest', () => {
  it('is read from config and tokenizer', async () => {
    await writeText(summing());
    const { description, capabilities, files } = await probe();
    expect(description).toMatchObject({
      name: 'toy',
      version: '3',
      task: 'text-classification',
      classes: ['small', 'large'],
      maxTokens: 16,
      maskToken: '[MASK]',
      output: { name: 'logits', kind: 'logits' },
      batchInvariant: true,
    });
    expect(capabilities).toMatchObject({
      opsets: { 'ai.onnx': 17 },
      irVersion: 8,
      operators: { ReduceSum: 1 },
      parameters: 2,
      explained: { tensor: 'logits' },
    });
    expect(files.map(({ name }) => name)).toEqual(['config.json', 'model.onnx', 'tokenizer.json']);
  });

  it.each([
    ['of 64 bit', { type: 'int64' }],
    ['of 32 bit', { type: 'int32' }],
    ['of one row and sixteen tokens', { shape: [1, 16] }],
    ['of three rows', { shape: [3, 'tokens'] }],
    ['without a mask', { mask: false }],
  ] as const)('answers rows of any length through inputs %s', async (_what, shape) => {
    await writeText(summing(shape));
    const model = await open();
    const rows = ['five', 'ten ten ten', 'six seven', 'nine', 'five five five five five five five five'].map(
      (text) => model.encode(text).ids,
    );
    const scores = await model.predict(rows);
    const sums = rows.map((ids) => ids.reduce((sum, id) => sum + id, 0));
    expect(sums).toEqual([8, 33, 16, 12, 43]);
    expect(rows.map((_, row) => scores[2 * row + 1])).toEqual(sums);
    expect(model.modelRows).toBe(5);
  });

  it('keeps order and shares nothing when a row depends on its company', async () => {
    // Each row gets a little of the largest sum of its run on top; with much of it the model would be refused.
    const little = 2 ** -12;
    const graph: OnnxGraph = {
      inputs: [
        { name: 'input_ids', type: 'int64', shape: ['rows', 'tokens'] },
        { name: 'attention_mask', type: 'int64', shape: ['rows', 'tokens'] },
      ],
      outputs: [float('logits', ['rows', 2])],
      tensors: [
        { name: 'axis', type: 'int64', shape: [1], values: [1] },
        { name: 'little', type: 'float32', shape: [], values: [little] },
      ],
      nodes: [
        { op: 'Mul', inputs: ['input_ids', 'attention_mask'], outputs: ['seen'] },
        { op: 'Cast', inputs: ['seen'], outputs: ['numbers'], attributes: { to: { int: 1 } } },
        { op: 'ReduceSum', inputs: ['numbers', 'axis'], outputs: ['sum'] },
        { op: 'ReduceMax', inputs: ['sum'], outputs: ['most'], attributes: { keepdims: { int: 0 } } },
        { op: 'Mul', inputs: ['most', 'little'], outputs: ['company'] },
        { op: 'Add', inputs: ['sum', 'company'], outputs: ['more'] },
        { op: 'Concat', inputs: ['sum', 'more'], outputs: ['logits'], attributes: { axis: { int: 1 } } },
      ],
    };
    await writeText(buildOnnxModel(graph));
    const model = await open();
    expect(model.description.batchInvariant).toBe(false);
    const rows = ['nine', 'five', 'ten ten', 'six', 'six', 'seven', 'five five', 'ten', 'eight', 'six ten'].map(
      (text) => model.encode(text).ids,
    );
    const sums = rows.map((ids) => ids.reduce((sum, id) => sum + id, 0));
    const scores = await model.predict(rows);
    // Nine distinct rows: a run of eight in the order given, and a run of one.
    const largest = Math.max(...sums.slice(0, 9));
    expect(rows.map((_, row) => scores[2 * row + 1])).toEqual(sums.map((sum, row) => sum + little * (row === 9 ? sum : largest)));
    expect([...(await model.predict(rows.slice(1, 2)))]).toEqual([8, 8 + 8 * little]);
    expect([...(await model.predict(rows))]).toEqual([...scores]);
  });

  it('loses two positions where the family numbers them from two on', async () => {
    await writeText(summing(), { ...config, model_type: 'xlm-roberta' });
    expect((await probe()).description.maxTokens).toBe(14);
  });

  it('switches off what tokenizer.json itself cuts and pads', async () => {
    const own = tokenizer({
      truncation: { direction: 'Right', max_length: 4, strategy: 'LongestFirst', stride: 0 },
      padding: { strategy: { Fixed: 12 }, direction: 'Right', pad_to_multiple_of: null, pad_id: 0, pad_type_id: 0, pad_token: '[PAD]' },
    });
    await writeText(summing(), config, { 'tokenizer.json': own });
    const { ids, cutFrom } = (await open()).encode('five six seven eight nine');
    expect([...ids]).toEqual([1, 5, 6, 7, 8, 9, 2]);
    expect(cutFrom).toBeNull();
  });

  it('takes the limit of tokenizer_config.json where config.json has none', async () => {
    await writeText(
      summing(),
      { id2label: config.id2label },
      { 'tokenizer.json': tokenizer(), 'tokenizer_config.json': '{"model_max_length":5,"mask_token":"[UNK]"}' },
    );
    const model = await open();
    expect(model.description).toMatchObject({ maxTokens: 5, maskToken: '[UNK]' });
    expect(model.encode('five six seven eight')).toMatchObject({ cutFrom: 15, tokens: ['[CLS]', 'five', 'six', 'seven', '[SEP]'] });
  });

  it.each([
    ['no tokenizer', summing(), config, {}, 'TOKENIZER_MISSING', /no tokenizer.json/],
    [
      'a tokenizer of another kind',
      summing(),
      config,
      { 'tokenizer.json': '{"added_tokens":[]}' },
      'TOKENIZER_INVALID',
      /tokenizer.json cannot be read/,
    ],
    [
      'no limit',
      summing(),
      { id2label: config.id2label },
      { 'tokenizer.json': tokenizer(), 'tokenizer_config.json': '{"model_max_length":1e30}' },
      'MODEL_UNSUPPORTED',
      /how many tokens/,
    ],
    ['no classes', summing(), { max_position_embeddings: 16 }, { 'tokenizer.json': tokenizer() }, 'MODEL_UNSUPPORTED', /names the classes/],
    [
      'more classes than numbers',
      summing(),
      { ...config, id2label: { 0: 'a', 1: 'b', 2: 'c' } },
      { 'tokenizer.json': tokenizer() },
      'MODEL_UNSUPPORTED',
      /shape \[1, 2\] for 1 rows; \[1, 3\] was expected/,
    ],
    [
      'one length and no mask',
      summing({ mask: false, shape: ['rows', 16] }),
      config,
      { 'tokenizer.json': tokenizer() },
      'MODEL_UNSUPPORTED',
      /cannot be told which of them are padding/,
    ],
    [
      'another task',
      summing(),
      config,
      { 'tokenizer.json': tokenizer(), 'model.json': '{"manifest":1,"task":"object-detection"}' },
      'MODEL_UNSUPPORTED',
      /"object-detection" is not served/,
    ],
    [
      'a task of columns',
      summing(),
      config,
      { 'tokenizer.json': tokenizer(), 'model.json': '{"manifest":1,"task":"tabular-regression"}' },
      'MODEL_UNSUPPORTED',
      /the graph reads input_ids/,
    ],
  ])('is refused with %s', async (_what, onnx, settings, files, code, detail) => {
    await writeText(onnx, settings, files);
    await expect(probe()).rejects.toMatchObject({ code, detail: expect.stringMatching(detail) });
  });

  it('is refused when it wants a cache of keys and values', async () => {
    const port: OnnxPort = { name: 'past_key_values.0.key', type: 'float32', shape: [1] };
    const graph: OnnxGraph = {
      inputs: [{ name: 'input_ids', type: 'int64', shape: ['rows', 'tokens'] }, port],
      outputs: [float('logits', ['rows', 2])],
      nodes: [],
    };
    await writeText(buildOnnxModel(graph));
    await expect(probe()).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED', detail: expect.stringContaining('past_key_values.0.key') });
  });

  it('answers as the bundled one does when only its manifest is gone', async () => {
    await cp(bundled('sst2-minilm'), folder, { recursive: true });
    await rm(join(folder, 'model.json'));
    const { description } = await probe();
    expect(description).toMatchObject({
      task: 'text-classification',
      classes: ['negative', 'positive'],
      maxTokens: 512,
      output: { kind: 'logits' },
    });
  });
});
