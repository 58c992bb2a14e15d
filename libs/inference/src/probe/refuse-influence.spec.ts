import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TextModel } from '#explainers';
import { buildOnnxModel, calmModel, wordTokenizer, writeModelFolder, type OnnxNode, type OnnxPort, type OnnxTensor } from '#testing';
import { OnnxModels } from '../onnx-models.js';

const models = new OnnxModels();
const words = 40;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-models-'));
});

afterEach(() => rm(folder, { recursive: true }));

const probe = () => models.probe({ folder, name: 'toy', version: '1' });
const float = (name: string, shape: readonly (number | string)[]): OnnxPort => ({ name, type: 'float32', shape });
const refusal = { code: 'MODEL_UNSUPPORTED', detail: expect.stringMatching(/ rows in one run differ by .* rows influence one another/) };

/** `plain` plus a share of its sum over the rows of a run. */
function addCompany(
  plain: string,
  share: number,
  output: string,
): { readonly nodes: readonly OnnxNode[]; readonly tensors: readonly OnnxTensor[] } {
  return {
    nodes: [
      { op: 'ReduceSum', inputs: [plain, 'first'], outputs: ['all'] },
      { op: 'Mul', inputs: ['all', 'share'], outputs: ['company'] },
      { op: 'Add', inputs: [plain, 'company'], outputs: [output] },
    ],
    tensors: [
      { name: 'first', type: 'int64', shape: [1], values: [0] },
      { name: 'share', type: 'float32', shape: [], values: [share] },
    ],
  };
}

/** Numbers [rows, tokens, width] of ids [rows, tokens]. */
const table: OnnxTensor = {
  ...{ name: 'table', type: 'float32', shape: [words, words] },
  values: Array.from({ length: words * words }, (_, at) => Math.sin(at * 1.7)),
};
const lookUp: OnnxNode = { op: 'Gather', inputs: ['table', 'input_ids'], outputs: ['rows'] };

async function writeTexts(model: Uint8Array, config: Readonly<Record<string, unknown>>): Promise<void> {
  await writeFile(join(folder, 'model.onnx'), model);
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  await writeFile(join(folder, 'tokenizer.json'), wordTokenizer({ words }));
}

describe('a model whose rows influence one another is refused, and told from one that rounds', () => {
  const shares = [
    [0.01, false],
    [1e-6, true],
  ] as const;

  it.each(shares)('a table, a share of %d', async (share, served) => {
    const toy = calmModel();
    const { nodes, tensors } = addCompany('plain', share, 'score');
    const columns = ['signal', 'other', 'trigger'];
    const onnx = buildOnnxModel({
      inputs: columns.map((name) => float(name, ['rows', 1])),
      outputs: [float('score', ['rows', 1])],
      tensors,
      nodes: [{ op: 'Add', inputs: ['signal', 'other'], outputs: ['plain'] }, ...nodes],
    });
    await writeModelFolder(folder, { ...toy, onnx, manifest: { ...toy.manifest, output: { name: 'score', kind: 'logits' } } });
    if (served) expect((await probe()).description.batchInvariant).toBe(false);
    else await expect(probe()).rejects.toMatchObject(refusal);
  });

  it.each(shares)('a text classifier, a share of %d', async (share, served) => {
    const { nodes, tensors } = addCompany('plain', share, 'logits');
    const onnx = buildOnnxModel({
      inputs: [{ name: 'input_ids', type: 'int64', shape: ['rows', 'tokens'] }],
      outputs: [float('logits', ['rows', words])],
      tensors: [table, { name: 'second', type: 'int64', shape: [1], values: [1] }, ...tensors],
      nodes: [lookUp, { op: 'ReduceSum', inputs: ['rows', 'second'], outputs: ['plain'], attributes: { keepdims: { int: 0 } } }, ...nodes],
    });
    const id2label = Object.fromEntries(Array.from({ length: words }, (_, at) => [at, `c${at}`]));
    await writeTexts(onnx, { model_type: 'bert', architectures: ['BertForSequenceClassification'], id2label, max_position_embeddings: 64 });
    if (served) expect((await probe()).description.batchInvariant).toBe(false);
    else await expect(probe()).rejects.toMatchObject(refusal);
  });

  it.each(shares)('a language model, a share of %d', async (share, served) => {
    const { nodes, tensors } = addCompany('rows', share, 'logits');
    const onnx = buildOnnxModel({
      inputs: [{ name: 'input_ids', type: 'int64', shape: ['rows', 'tokens'] }],
      outputs: [float('logits', ['rows', 'tokens', words])],
      tensors: [table, ...tensors],
      nodes: [lookUp, ...nodes],
    });
    await writeTexts(onnx, { model_type: 'gpt2', architectures: ['GPT2LMHeadModel'], vocab_size: words, n_positions: 64 });
    if (served) expect((await probe()).description.task).toBe('causal-lm');
    else await expect(probe()).rejects.toMatchObject(refusal);
  });
});

it('serves a text classifier that padding changes, and feeds it none', async () => {
  const onnx = buildOnnxModel({
    inputs: ['input_ids', 'attention_mask'].map((name) => ({ name, type: 'int64', shape: ['rows', 'tokens'] })),
    outputs: [float('logits', ['rows', words])],
    tensors: [table, { name: 'second', type: 'int64', shape: [1], values: [1] }],
    // The mask is asked for and not heeded.
    nodes: [
      { op: 'Add', inputs: ['input_ids', 'attention_mask'], outputs: ['more'] },
      { op: 'Sub', inputs: ['more', 'attention_mask'], outputs: ['ids'] },
      { ...lookUp, inputs: ['table', 'ids'] },
      { op: 'ReduceSum', inputs: ['rows', 'second'], outputs: ['logits'], attributes: { keepdims: { int: 0 } } },
    ],
  });
  const id2label = Object.fromEntries(Array.from({ length: words }, (_, at) => [at, `c${at}`]));
  await writeTexts(onnx, { model_type: 'bert', architectures: ['BertForSequenceClassification'], id2label, max_position_embeddings: 64 });
  const { description } = await probe();
  expect(description).toMatchObject({ batchInvariant: false, paddingMatters: true });
  const opened = await models.open({ folder, description });
  try {
    const model = opened.forRun('bypass');
    if (!(model instanceof TextModel)) throw new Error('a text model');
    const rows = ['w5', 'w6 w7 w8 w9', 'w10', 'w11 w12'].map((text) => model.encode(text).ids);
    const together = await model.predict(rows);
    for (const [at, row] of rows.entries())
      (await model.predict([row])).forEach((value, word) => expect(together[at * words + word]).toBeCloseTo(value, 5));
  } finally {
    await opened.close();
  }
});
