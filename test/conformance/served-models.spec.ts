import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { EncoderDecoderModel, TextModel, type LayerAttention, type TokenScore } from '#explainers';
import { OnnxModels } from '#inference';
import { buildOnnxModel, wordTokenizer, type StoredTensor } from '#testing';
import { bartFiles, encoderFiles } from '../support/sequence-models.js';
import type { ModelFiles } from '../support/upload.js';
import { readCase } from './conformance-case.js';

const models = new OnnxModels();
const folders: string[] = [];
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

async function probe(files: ModelFiles) {
  const folder = await mkdtemp(join(tmpdir(), 'vitrine-served-'));
  folders.push(folder);
  await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(folder, name), content)));
  return { folder, ...(await models.probe({ folder, name: 'served', version: '1' })) };
}

async function open(files: ModelFiles) {
  const { folder, description } = await probe(files);
  const opened = await models.open({ folder, description });
  closing.push(() => opened.close());
  return opened.forRun('bypass');
}

async function openPair(config: object = {}): Promise<EncoderDecoderModel> {
  const model = await open(await bartFiles(config));
  if (!(model instanceof EncoderDecoderModel)) throw new Error('an encoder-decoder');
  return model;
}

async function readReference(name: string) {
  const one = await readCase(fileURLToPath(new URL(`cases/${name}`, import.meta.url)));
  const tensor = (key: string): StoredTensor => {
    const found = one.tensors.get(key);
    if (found === undefined) throw new Error(`${name} has no ${key}`);
    return found;
  };
  const row = (key: string, at: number) => {
    const { shape, data } = tensor(key);
    const [, length = 0] = shape;
    return Array.from({ length }, (_, token) => Number(data[at * length + token]));
  };
  return { ...one, tensor, row };
}
type Reference = Awaited<ReturnType<typeof readReference>>;

/** Ids of a row without its padding, and the text that has them: the tokenizer puts </s> behind it. */
function readSource(reference: Reference, row: number) {
  const real = reference.row('input.attention_mask', row);
  const ids = reference.row('input.input_ids', row).filter((_, token) => real[token] === 1);
  const names = ['<pad>', '<s>', '</s>', '<unk>', '<mask>'];
  return {
    ids,
    text: ids
      .slice(0, -1)
      .map((id) => names[id] ?? `w${id}`)
      .join(' '),
  };
}

/** Relative L2 difference of layers from a reference [layer, batch, heads, queries, keys]. */
function compare(
  layers: readonly LayerAttention[],
  { shape, data }: StoredTensor,
  row: number,
  firstQuery = 0,
  numbersOf = ({ probabilities }: LayerAttention): Float32Array | Float64Array => probabilities,
): number {
  const [count = 0, batch = 0, heads = 0, queries = 0, keys = 0] = shape;
  expect(layers.map(({ layer }) => layer)).toEqual(Array.from({ length: count }, (_, layer) => layer));
  let [wrong, size] = [0, 0];
  layers.forEach((layer, at) => {
    expect(layer.heads).toBe(heads);
    for (let head = 0; head < heads; head++)
      for (let query = 0; query < layer.queries; query++)
        for (let key = 0; key < layer.keys; key++) {
          const right = Number(data[(((at * batch + row) * heads + head) * queries + firstQuery + query) * keys + key]);
          wrong += ((numbersOf(layer)[(head * layer.queries + query) * layer.keys + key] ?? NaN) - right) ** 2;
          size += right ** 2;
        }
  });
  return Math.sqrt(wrong / size);
}

/** A decoder whose logits of every token have the sum of all tokens of the output in them. */
function foreseeingModel(): Uint8Array {
  const ids = ['input_ids', 'decoder_input_ids'];
  return buildOnnxModel({
    inputs: ids.map((name) => ({ name, type: 'int64', shape: ['batch', `${name}_tokens`] })),
    outputs: [{ name: 'logits', type: 'float32', shape: ['batch', 'tokens', 2] }],
    tensors: [
      { name: 'last', type: 'int64', shape: [1], values: [2] },
      { name: 'tokens', type: 'int64', shape: [1], values: [1] },
    ],
    nodes: [
      { op: 'Cast', inputs: ['decoder_input_ids'], outputs: ['flat'], attributes: { to: { int: 1 } } },
      { op: 'Unsqueeze', inputs: ['flat', 'last'], outputs: ['numbers'] },
      { op: 'ReduceSum', inputs: ['numbers', 'tokens'], outputs: ['sum'] },
      { op: 'Add', inputs: ['numbers', 'sum'], outputs: ['all'] },
      { op: 'Concat', inputs: ['numbers', 'all'], outputs: ['logits'], attributes: { axis: { int: 2 } } },
    ],
  });
}

const ofKind = (layers: readonly LayerAttention[] | null, kind: LayerAttention['kind']) =>
  (layers ?? []).filter((layer) => layer.kind === kind);

describe('an encoder-decoder with a tokenizer', () => {
  it.each([0, 1])('shows what its decoder looks at as the reference does, at once and token by token: row %d', async (row) => {
    const reference = await readReference('bart-eager-legacy-17');
    const { ids, text } = readSource(reference, row);
    const model = await openPair();
    const source = model.encode(text).ids;
    expect([...source]).toEqual(ids);
    const output = Int32Array.from(reference.row('input.decoder_input_ids', row));
    expect([...model.startTokens]).toEqual([output[0]]);
    const check = (attention: readonly LayerAttention[] | null, from: number) => {
      for (const [kind, name] of [['causal-self', 'decoder_attentions'] as const, ['cross', 'cross_attentions'] as const])
        expect(compare(ofKind(attention, kind), reference.tensor(name), row, from)).toBeLessThanOrEqual(reference.tolerance[name] ?? 0);
    };
    const whole = await model.begin(source).read(output, output.length, true);
    check(whole.attention, 0);
    const logits = reference.tensor('logits');
    const wanted = (logits.data as Float32Array).subarray(row * 500, (row + 1) * 500);
    expect(Math.max(...whole.logits.map((value, at) => Math.abs(value - (wanted[at] ?? NaN))))).toBeLessThan(1e-4);
    const sequence = model.begin(source);
    for (let token = 0; token < output.length; token++)
      check((await sequence.read(output.subarray(token, token + 1), 1, true)).attention, token);
  });

  it('shows what its encoder looks at', async () => {
    const reference = await readReference('bart-eager-legacy-17');
    const { encoder } = await openPair();
    for (const row of [0, 1]) {
      const layers = await encoder.attend(encoder.encode(readSource(reference, row).text).ids);
      expect(ofKind(layers, 'self')).toHaveLength(layers.length);
      const tolerance = reference.tolerance['encoder_attentions'] ?? 0;
      expect(compare(layers, reference.tensor('encoder_attentions'), row)).toBeLessThanOrEqual(tolerance);
    }
  });

  it.each([0, 1])('gives the gradients of a logit with respect to all attention as the reference does: row %d', async (row) => {
    const reference = await readReference('bart-eager-legacy-17');
    const { ids } = readSource(reference, row);
    const model = await openPair();
    const output = Int32Array.from(reference.row('input.decoder_input_ids', row));
    const [position = 0, tokenId = 0] = reference.row('target', row);
    const scored = (space: TokenScore['space']) =>
      model.attendBack(Int32Array.from(ids), output, { space, tokens: [{ position, tokenId, weight: 1 }] });
    const given = await scored('logit');
    for (const [kind, name] of [
      ['self', 'encoder_attentions'],
      ['causal-self', 'decoder_attentions'],
      ['cross', 'cross_attentions'],
    ] as const) {
      const gradients = new Map(given.layers.map((layer) => [`${layer.kind} ${layer.layer}`, layer.gradients]));
      const layers = ofKind(given.layers, kind);
      expect(compare(layers, reference.tensor(name), row)).toBeLessThanOrEqual(reference.tolerance[name] ?? 0);
      const difference = compare(layers, reference.tensor(`grad_${name}`), row, 0, (layer) => {
        const found = gradients.get(`${layer.kind} ${layer.layer}`);
        if (found === undefined) throw new Error('a gradient');
        return found;
      });
      expect(difference).toBeLessThanOrEqual(reference.tolerance[`grad_${name}`] ?? 0);
    }
    const logits = Array.from((reference.tensor('logits').data as Float32Array).subarray((row * 5 + position) * 100).slice(0, 100));
    expect(given.score).toBeCloseTo(logits[tokenId] ?? NaN, 4);
    const whole = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
    expect((await scored('log-probability')).score).toBeCloseTo((logits[tokenId] ?? NaN) - whole, 4);
    expect(model.modelRows).toBe(2);
  });

  it('takes no gradient of nothing, and of no more than it reads', async () => {
    const model = await openPair({ max_position_embeddings: 4 });
    const target = { space: 'logit', tokens: [{ position: 0, tokenId: 7, weight: 1 }] } as const;
    const [none, some, many] = [0, 2, 5].map((length) => new Int32Array(length).fill(7)) as [Int32Array, Int32Array, Int32Array];
    await expect(model.attendBack(none, some, target)).rejects.toMatchObject({ code: 'TEXT_EMPTY' });
    await expect(model.attendBack(some, none, target)).rejects.toMatchObject({ code: 'TEXT_EMPTY' });
    await expect(model.attendBack(many, some, target)).rejects.toMatchObject({ code: 'CONTEXT_EXCEEDED' });
    await expect(model.attendBack(some, many, target)).rejects.toMatchObject({ code: 'CONTEXT_EXCEEDED' });
  });

  it('tells its kinds of layers, and takes a forced token as one that an output begins with', async () => {
    const { capabilities, description } = await probe(await bartFiles());
    expect(description).toMatchObject({ task: 'text2text-generation', maxTokens: 24, classes: [], output: { kind: 'logits' } });
    const kinds = ['self', 'causal-self', 'cross'].map((kind) => ({ kind, layers: 2, heads: 4 }));
    expect(capabilities.attention).toMatchObject({ layers: 6, heads: 4, kind: 'mixed', kinds: expect.arrayContaining(kinds) });
    expect(capabilities.generation).toEqual({ contextLength: 24, kvCache: false });
    expect(capabilities).toMatchObject({ differentiable: { exact: true, rounded: 0, flat: 0 }, featureMaps: { tensors: [] } });
    const forced = await openPair({ forced_bos_token_id: 1 });
    expect([...forced.startTokens]).toEqual([2, 1]);
  });

  it('does not repeat what the tokenizer puts before a text', async () => {
    const files = async (config: object) => ({ ...(await bartFiles(config)), 'tokenizer.json': wordTokenizer({ lead: true }) });
    const idsOf = async (config: object) => {
      const model = await open(await files(config));
      return model instanceof EncoderDecoderModel ? [...model.encodeOutput('w7 w8').ids] : [];
    };
    expect(await idsOf({})).toEqual([1, 7, 8]);
    expect(await idsOf({ forced_bos_token_id: 1 })).toEqual([7, 8]);
  });

  it('is refused where nothing says what an output begins with', async () => {
    await expect(bartFiles({ decoder_start_token_id: null }).then(probe)).rejects.toMatchObject({
      code: 'MODEL_UNSUPPORTED',
      remedy: expect.stringContaining('decoder_start_token_id'),
    });
  });

  it('whose later tokens change earlier ones is refused when it is tried', async () => {
    const refused = probe({ ...(await bartFiles({ decoder_start_token_id: 1, eos_token_id: 1 })), 'model.onnx': foreseeingModel() });
    await expect(refused).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED', detail: expect.stringContaining('token by token') });
  });

  it('may have room for few tokens', async () => {
    const { description } = await probe(await bartFiles({ max_position_embeddings: 2 }));
    expect(description.maxTokens).toBe(2);
  });

  it('in two files is refused by name', async () => {
    const { 'model.onnx': onnx = '', ...others } = await bartFiles();
    const refused = probe({ ...others, 'encoder_model.onnx': onnx, 'decoder_model.onnx': onnx });
    await expect(refused).rejects.toMatchObject({
      code: 'MODEL_UNSUPPORTED',
      detail: expect.stringContaining('decoder_model.onnx'),
      remedy: expect.stringContaining('--monolith'),
    });
  });
});

describe('an encoder without a head', () => {
  it.each(['feature-extraction', 'fill-mask'] as const)('for %s shows what its tokens look at as the reference does', async (task) => {
    const reference = await readReference('mpnet-eager-legacy-17');
    const model = await open(await encoderFiles(task));
    if (!(model instanceof TextModel)) throw new Error('an encoder');
    expect(model.description).toMatchObject({ task, classes: [], maskToken: '<mask>', maxTokens: 24 });
    for (const row of [0, 1]) {
      const { ids, text } = readSource(reference, row);
      const encoding = model.encode(text);
      expect([...encoding.ids]).toEqual(ids);
      const { outputs, layers } = await model.predictAttending(encoding.ids);
      expect(outputs).toHaveLength(0);
      expect(compare(layers, reference.tensor('attentions'), row)).toBeLessThanOrEqual(reference.tolerance['attentions'] ?? 0);
    }
    expect(model.modelRows).toBe(2);
    await expect(model.predict([])).rejects.toMatchObject({ code: 'METHOD_NOT_APPLICABLE' });
  });

  it('tells its attention', async () => {
    const { capabilities } = await probe(await encoderFiles('feature-extraction'));
    expect(capabilities).toMatchObject({ attention: { layers: 2, heads: 4, kind: 'self' }, generation: null, probedRows: 4 });
    expect(capabilities.attention).not.toHaveProperty('kinds');
  });
});
