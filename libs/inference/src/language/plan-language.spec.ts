import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildOnnxModel, type OnnxNode, type OnnxPort } from '#testing';
import { LanguageBench, plainModel, storiesFolder, summingModel } from '../../test/language-bench.js';

const bench = new LanguageBench();
let stories: Record<'model.onnx' | 'model-kv.onnx' | 'config.json', Uint8Array>;

beforeAll(async () => {
  const read = (name: string) => readFile(join(storiesFolder, name));
  stories = {
    'model.onnx': await read('model.onnx'),
    'model-kv.onnx': await read('model-kv.onnx'),
    'config.json': await read('config.json'),
  };
});
afterAll(() => bench.close());

const kvManifest = JSON.stringify({ manifest: 1, files: { kvCache: 'model-kv.onnx' } });
const cache = (name: string, shape: readonly (string | number)[]): OnnxPort => ({ name, type: 'float32', shape });

describe('a language model', () => {
  it('is the bundled one, with what its manifest says', async () => {
    const { description, capabilities, files } = await bench.probe(storiesFolder);
    expect(description).toMatchObject({
      ...{ task: 'causal-lm', classes: [], output: { name: 'logits', kind: 'logits' }, features: [], maxTokens: 512 },
      ...{ maskToken: null, backgroundRows: 0, batchInvariant: false },
    });
    expect(capabilities).toMatchObject({
      attention: { layers: 5, heads: 8, kind: 'causal-self' },
      generation: { contextLength: 512, kvCache: true },
      maxTokens: 512,
      probedRows: 4,
    });
    expect(capabilities.inputs.map(({ name }) => name)).toContain('past_key_values.0.key');
    expect(files.map(({ name }) => name)).toEqual(['config.json', 'model-kv.onnx', 'model.json', 'model.onnx', 'tokenizer.json']);
  });

  it.each([
    ['by the architecture of config.json', { architectures: ['LlamaForCausalLM'], eos_token_id: [5, 2] }, null, [2, 5]],
    ['by the shape of its logits', {}, { eos_token_id: 7 }, [7]],
    [
      'with all that ends a text',
      { architectures: ['GPT2LMHeadModel'], eos_token_id: 9, n_positions: 64 },
      { eos_token_id: [3, 9] },
      [3, 9],
    ],
  ])('is known without a manifest %s', async (_how, config, generation, endTokens) => {
    const folder = await bench.write({
      'model.onnx': stories['model.onnx'],
      'config.json': JSON.stringify(config),
      ...(generation !== null && { 'generation_config.json': JSON.stringify(generation) }),
    });
    const { description, capabilities, files } = await bench.probe(folder);
    const contextLength = 'n_positions' in config ? config.n_positions : null;
    expect(description).toMatchObject({ task: 'causal-lm', maxTokens: contextLength });
    expect(capabilities.generation).toEqual({ contextLength, kvCache: false });
    expect(files.some(({ name }) => name === 'generation_config.json')).toBe(generation !== null);
    const model = await bench.open(folder);
    expect(model).toMatchObject({ endTokens, contextLength, outputs: 512 });
  });

  it.each([
    [{ max_position_embeddings: 1.5 }, /max_position_embeddings: must be a positive whole number/],
    [{ max_position_embeddings: -1 }, /max_position_embeddings: must be a positive whole number/],
    [{ n_positions: 0 }, /n_positions: must be a positive whole number/],
    [{ eos_token_id: 512 }, /config.json: eos_token_id is 512, and the model has 512 tokens/],
    [{ eos_token_id: [2, -1] }, /eos_token_id is -1/],
  ])('is refused with %j in config.json', async (config, detail) => {
    const folder = await bench.write({
      'model.onnx': stories['model.onnx'],
      'config.json': JSON.stringify({ architectures: ['LlamaForCausalLM'], ...config }),
    });
    await expect(bench.probe(folder)).rejects.toMatchObject({ code: 'MODEL_FILE_INVALID', detail: expect.stringMatching(detail) });
  });

  it('may have its file with a cache alone, and an end token by its text', async () => {
    const manifest = JSON.stringify({ manifest: 1, task: 'causal-lm', specialTokens: { eos: '<s>' } });
    const folder = await bench.write({ 'model.onnx': stories['model-kv.onnx'], 'model.json': manifest });
    expect((await bench.probe(folder)).capabilities).toMatchObject({ generation: { contextLength: null, kvCache: true } });
    expect(await bench.open(folder)).toMatchObject({ endTokens: [1], contextLength: null });
  });

  it('counts weights beside its file with a cache as part of it', async () => {
    const fed = cache('past_key_values.0.key', ['batch', 1, 'past', 1]);
    const values = { location: 'cache.bin', offset: 0, length: 4 };
    const onnx = buildOnnxModel({
      inputs: [{ name: 'input_ids', type: 'int64', shape: ['batch', 'tokens'] }, fed],
      outputs: [{ name: 'weight', type: 'float32', shape: [1] }],
      nodes: [],
      tensors: [{ name: 'weight', type: 'float32', shape: [1], values }],
    });
    const folder = await bench.write({ 'model.onnx': stories['model.onnx'], 'model-kv.onnx': onnx, 'model.json': kvManifest });
    await expect(bench.probe(folder)).rejects.toMatchObject({
      code: 'EXTERNAL_DATA_FORBIDDEN',
      detail: expect.stringContaining('cache.bin'),
    });
  });

  const plain: OnnxNode = { op: 'Concat', inputs: ['numbers', 'numbers'], outputs: ['logits'], attributes: { axis: { int: 2 } } };
  const fixed = (shape: readonly (string | number)[], extra: readonly OnnxPort[] = []) =>
    buildOnnxModel({
      inputs: [{ name: 'input_ids', type: 'int64', shape }, ...extra],
      outputs: [{ name: 'logits', type: 'float32', shape: ['batch', 'tokens', 2] }],
      nodes: [{ op: 'Identity', inputs: ['input_ids'], outputs: ['same'] }],
    });

  it.each([
    [
      'a merged decoder without a cache',
      () => ({ 'model.onnx': fixed(['b', 't'], [{ name: 'use_cache_branch', type: 'bool', shape: [1] }]) }),
      /use_cache_branch/,
    ],
    ['an input of its own', () => ({ 'model.onnx': fixed(['b', 't'], [cache('pixels', ['b', 3])]) }), /reads pixels \(float32\)/],
    ['one length of text', () => ({ 'model.onnx': fixed([1, 16]) }), /input_ids \(int64\) as \[1, 16\]/],
    ['batches of a fixed size', () => ({ 'model.onnx': fixed([4, 't']) }), /input_ids \(int64\) as \[4, t\]/],
    [
      'a cache that nothing goes on with',
      () => ({ 'model.onnx': fixed(['b', 't'], [cache('past_key_values.0.key', ['b', 1, 'p', 4])]) }),
      /no output present\.0\.key/,
    ],
    [
      'a cache of another layout',
      () => ({ 'model.onnx': fixed(['b', 't'], [cache('past_key_values.0.key', ['b', 'p', 4])]) }),
      /past_key_values\.0\.key; its shape is \[b, p, 4\]/,
    ],
    [
      'a preallocated cache',
      () => ({ 'model.onnx': fixed(['b', 't'], [cache('past_key_values.0.key', ['b', 1, 64, 4])]) }),
      /its shape is \[b, 1, 64, 4\]/,
    ],
    [
      'a file named for its cache without one',
      () => ({ 'model.onnx': stories['model.onnx'], 'model-kv.onnx': stories['model.onnx'], 'model.json': kvManifest }),
      /names model-kv\.onnx as files\.kvCache, and its graph reads no past/,
    ],
    [
      'probabilities in place of logits',
      () => ({ 'model.onnx': stories['model.onnx'], 'model.json': '{"manifest":1,"output":{"name":"logits","kind":"probabilities"}}' }),
      /said to hold probabilities/,
    ],
    [
      'an output that is not there',
      () => ({ 'model.onnx': stories['model.onnx'], 'model.json': '{"manifest":1,"output":{"name":"scores"}}' }),
      /of the outputs logits, scores is not known/,
    ],
    [
      'tokens that see those behind them',
      () => ({
        'model.onnx': plainModel([
          { op: 'ReduceSum', inputs: ['numbers', 'tokens'], outputs: ['sum'] },
          { op: 'Add', inputs: ['numbers', 'sum'], outputs: ['more'] },
          { op: 'Concat', inputs: ['numbers', 'more'], outputs: ['logits'], attributes: { axis: { int: 2 } } },
        ]),
      }),
      /between reading it at once and token by token/,
    ],
  ])('is refused with %s', async (_what, files, detail) => {
    const folder = await bench.write({ 'config.json': '{"architectures":["ToyForCausalLM"]}', ...files() });
    await expect(bench.probe(folder)).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED', detail: expect.stringMatching(detail) });
  });

  it('is refused without a tokenizer', async () => {
    const folder = await bench.write({ 'model.onnx': plainModel([plain]) });
    await rm(join(folder, 'tokenizer.json'));
    await expect(bench.probe(folder)).rejects.toMatchObject({ code: 'TOKENIZER_MISSING' });
  });

  it('tells why it shows no attention', async () => {
    const { capabilities } = await bench.probe(await bench.write({ 'model.onnx': summingModel() }));
    expect(capabilities.attention).toMatchObject({ reason: expect.stringContaining('no Softmax'), operator: null, node: null });
    expect(capabilities.generation).toEqual({ contextLength: null, kvCache: true });
  });
});

it('a model of another architecture is none', async () => {
  const config = JSON.stringify({ architectures: ['BertForTokenClassification'], max_position_embeddings: 64 });
  const folder = await bench.write({ 'model.onnx': stories['model.onnx'], 'config.json': config });
  await expect(bench.probe(folder)).rejects.toMatchObject({
    code: 'MODEL_UNSUPPORTED',
    detail: expect.stringContaining('names the classes'),
  });
});
