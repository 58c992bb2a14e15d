import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Model } from '#explainers';
import { buildOnnxModel, wordTokenizer, type OnnxNode, type OnnxTensor } from '#testing';
import { OnnxModels } from '../src/onnx-models.js';

/** Folders of small models, and the models opened from them, for a spec. */
export class GradientBench {
  private readonly models = new OnnxModels();
  private readonly closing: (() => Promise<void>)[] = [];

  async open(folder: string): Promise<Model> {
    const { description } = await this.models.probe({ folder, name: 'toy', version: '1' });
    const opened = await this.models.open({ folder, description });
    this.closing.unshift(() => opened.close());
    return opened.forRun('bypass');
  }

  async write(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'vitrine-gradient-'));
    this.closing.push(() => rm(folder, { recursive: true }));
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    return folder;
  }

  async close(): Promise<void> {
    for (const close of this.closing) await close();
  }
}

export interface RowModel {
  readonly kind: 'logits' | 'probabilities' | 'margin' | 'value';
  readonly classes: readonly string[];
  readonly multiLabel?: boolean;
  /** Numbers that the graph gives for each row. */
  readonly width: number;
  readonly rows?: number | string;
  /** From `hidden` [rows, width] to `answer`. */
  readonly nodes?: readonly OnnxNode[];
  readonly tensors?: readonly OnnxTensor[];
}

/** A model of rows of three columns: `hidden` is tanh(x A) B, which `nodes` make into `answer`. */
export function rowModel({ kind, classes, multiLabel, width, rows = 'rows', nodes, tensors = [] }: RowModel) {
  const wave = (count: number, by: number) => Array.from({ length: count }, (_, at) => Math.sin(1 + by * at));
  const onnx = buildOnnxModel({
    inputs: [{ name: 'x', type: 'float32', shape: [rows, 3] }],
    outputs: [{ name: 'answer', type: 'float32', shape: [rows, width] }],
    tensors: [
      { name: 'A', type: 'float32', shape: [3, 4], values: wave(12, 1.3) },
      { name: 'B', type: 'float32', shape: [4, width], values: wave(4 * width, 2.1) },
      ...tensors,
    ],
    nodes: [
      { op: 'MatMul', inputs: ['x', 'A'], outputs: ['first'] },
      { op: 'Tanh', inputs: ['first'], outputs: ['bent'] },
      { op: 'MatMul', inputs: ['bent', 'B'], outputs: ['hidden'] },
      ...(nodes ?? [{ op: 'Identity', inputs: ['hidden'], outputs: ['answer'] }]),
    ],
  });
  const manifest = {
    ...{ manifest: 1, name: 'toy', task: kind === 'value' ? 'tabular-regression' : 'tabular-classification' },
    ...(classes.length === 0 ? {} : { classes }),
    ...(multiLabel === true ? { multiLabel } : {}),
    features: ['a', 'b', 'c'].map((name) => ({ name, kind: 'numeric' })),
    output: { name: 'answer', kind },
  };
  return { 'model.onnx': onnx, 'model.json': JSON.stringify(manifest) };
}

/** A classifier of texts: tanh of the sum of the rows of the words that are not masked, times a matrix. */
export function sentenceModel(shape: readonly (number | string)[], gathers: readonly OnnxNode[] = [lookup('rows')]) {
  const words = 12;
  const wave = (count: number, by: number) => Array.from({ length: count }, (_, at) => Math.sin(1 + by * at));
  const onnx = buildOnnxModel({
    inputs: ['input_ids', 'attention_mask'].map((name) => ({ name, type: 'int64', shape })),
    outputs: [{ name: 'logits', type: 'float32', shape: [shape[0] ?? 'rows', 2] }],
    tensors: [
      { name: 'table', type: 'float32', shape: [words, 3], values: wave(words * 3, 0.7) },
      { name: 'other', type: 'float32', shape: [words, 3], values: wave(words * 3, 0.3) },
      { name: 'B', type: 'float32', shape: [3, 2], values: wave(6, 2.1) },
      { name: 'axis', type: 'int64', shape: [1], values: [1] },
      { name: 'last', type: 'int64', shape: [1], values: [2] },
    ],
    nodes: [
      ...gathers,
      { op: 'Cast', inputs: ['attention_mask'], outputs: ['seen'], attributes: { to: { int: 1 } } },
      { op: 'Unsqueeze', inputs: ['seen', 'last'], outputs: ['mask'] },
      { op: 'Mul', inputs: ['rows', 'mask'], outputs: ['kept'] },
      { op: 'ReduceSum', inputs: ['kept', 'axis'], outputs: ['sum'], attributes: { keepdims: { int: 0 } } },
      { op: 'Tanh', inputs: ['sum'], outputs: ['bent'] },
      { op: 'MatMul', inputs: ['bent', 'B'], outputs: ['logits'] },
    ],
  });
  const manifest = {
    ...{ manifest: 1, name: 'toy', task: 'text-classification', classes: ['no', 'yes'], maxTokens: 8 },
    output: { name: 'logits', kind: 'logits' },
  };
  return { 'model.onnx': onnx, 'model.json': JSON.stringify(manifest), 'tokenizer.json': wordTokenizer({ words }) };
}

/** Rows of a table by token id. */
export function lookup(output: string, table = 'table'): OnnxNode {
  return { op: 'Gather', inputs: [table, 'input_ids'], outputs: [output] };
}
