import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LanguageModel, type TokenSequence } from '#explainers';
import { buildOnnxModel, type OnnxNode, type OnnxPort } from '#testing';
import { OnnxModels } from '../src/onnx-models.js';

/** A bundled model's folder. */
export const storiesFolder = new URL('../../../models/stories260k', import.meta.url).pathname;

/** Folders of language models, and the models opened from them, for a spec. */
export class LanguageBench {
  readonly models = new OnnxModels();
  private readonly closing: (() => Promise<void>)[] = [];

  /** @returns a folder with the tokenizer of stories260k and these files */
  async write(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'vitrine-language-'));
    this.closing.push(() => rm(folder, { recursive: true }));
    await cp(join(storiesFolder, 'tokenizer.json'), join(folder, 'tokenizer.json'));
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    return folder;
  }

  probe(folder: string) {
    return this.models.probe({ folder, name: 'stories', version: '1' });
  }

  async open(folder: string, { kvCache = true }: { readonly kvCache?: boolean } = {}): Promise<LanguageModel> {
    const { description } = await this.probe(folder);
    const opened = await this.models.open({ folder, description, kvCache });
    this.closing.unshift(() => opened.close());
    const model = opened.forRun('bypass');
    if (!(model instanceof LanguageModel)) throw new Error('a language model');
    return model;
  }

  async close(): Promise<void> {
    for (const close of this.closing) await close();
  }
}

export interface Reading {
  /** [token][vocabulary] */
  readonly logits: readonly (readonly number[])[];
  /** [token][layer, head] -> row over the tokens read; empty where no attention was asked for. */
  readonly rows: readonly (readonly (readonly number[])[])[];
}

/** Reads tokens in parts of these lengths, and gives what was said of every token. */
export async function readParts(
  sequence: TokenSequence,
  ids: Int32Array,
  lengths: readonly number[],
  attention: boolean,
): Promise<Reading> {
  const logits: number[][] = [];
  const rows: number[][][] = [];
  let from = 0;
  for (const length of lengths) {
    const read = await sequence.read(ids.subarray(from, from + length), length, attention);
    from += length;
    const width = read.logits.length / length;
    for (let token = 0; token < length; token++) {
      logits.push([...read.logits.subarray(token * width, (token + 1) * width)]);
      rows.push(
        (read.attention ?? []).flatMap(({ heads, queries, keys, probabilities }) =>
          Array.from({ length: heads }, (_, head) => [
            ...probabilities.subarray((head * queries + token) * keys, (head * queries + token + 1) * keys),
          ]),
        ),
      );
    }
  }
  return { logits, rows };
}

/**
 * A language model with a closed form: behind token t of a text x the logits are t, x_t, the sum of x up to t, and 0. Its cache holds the
 * tokens; it has no attention.
 */
export function summingModel({ type = 'int64' }: { readonly type?: 'int64' | 'int32' } = {}): Uint8Array {
  const cache = (name: string, tokens: string): OnnxPort => ({ name, type: 'float32', shape: ['batch', 1, tokens, 1] });
  const numbers = (from: string, to: string): readonly OnnxNode[] => [
    { op: 'Cast', inputs: [from], outputs: [`${to}_flat`], attributes: { to: { int: 1 } } },
    { op: 'Unsqueeze', inputs: [`${to}_flat`, 'last'], outputs: [to] },
  ];
  return buildOnnxModel({
    inputs: [
      { name: 'input_ids', type, shape: ['batch', 'tokens'] },
      { name: 'position_ids', type, shape: ['batch', 'tokens'] },
      cache('past_key_values.0.key', 'past'),
      cache('past_key_values.0.value', 'past'),
    ],
    outputs: [
      { name: 'logits', type: 'float32', shape: ['batch', 'tokens', 4] },
      cache('present.0.key', 'total'),
      cache('present.0.value', 'total'),
    ],
    tensors: [
      { name: 'last', type: 'int64', shape: [1], values: [2] },
      { name: 'heads', type: 'int64', shape: [1], values: [1] },
      { name: 'one', type: 'int64', shape: [], values: [1] },
      { name: 'zero', type: 'float32', shape: [], values: [0] },
    ],
    nodes: [
      ...numbers('input_ids', 'ids'),
      ...numbers('position_ids', 'positions'),
      { op: 'Unsqueeze', inputs: ['ids', 'heads'], outputs: ['fresh'] },
      ...['key', 'value'].map((name): OnnxNode => ({
        op: 'Concat',
        inputs: [`past_key_values.0.${name}`, 'fresh'],
        outputs: [`present.0.${name}`],
        attributes: { axis: { int: 2 } },
      })),
      { op: 'ReduceSum', inputs: ['past_key_values.0.value', 'last'], outputs: ['before_heads'] },
      { op: 'Squeeze', inputs: ['before_heads', 'heads'], outputs: ['before'] },
      { op: 'CumSum', inputs: ['ids', 'one'], outputs: ['running'] },
      { op: 'Add', inputs: ['running', 'before'], outputs: ['sums'] },
      { op: 'Mul', inputs: ['ids', 'zero'], outputs: ['nothing'] },
      { op: 'Concat', inputs: ['positions', 'ids', 'sums', 'nothing'], outputs: ['logits'], attributes: { axis: { int: 2 } } },
    ],
  });
}

/** A graph without a cache whose logits [tokens, 2] are what `nodes` makes of `numbers` [1, tokens, 1], the tokens themselves. */
export function plainModel(nodes: readonly OnnxNode[]): Uint8Array {
  return buildOnnxModel({
    inputs: [{ name: 'input_ids', type: 'int64', shape: ['batch', 'tokens'] }],
    outputs: [{ name: 'logits', type: 'float32', shape: ['batch', 'tokens', 2] }],
    tensors: [
      { name: 'last', type: 'int64', shape: [1], values: [2] },
      { name: 'tokens', type: 'int64', shape: [1], values: [1] },
      { name: 'fatal', type: 'float32', shape: [], values: [7] },
      { name: 'zero', type: 'float32', shape: [], values: [0] },
    ],
    nodes: [
      { op: 'Cast', inputs: ['input_ids'], outputs: ['flat'], attributes: { to: { int: 1 } } },
      { op: 'Unsqueeze', inputs: ['flat', 'last'], outputs: ['numbers'] },
      ...nodes,
    ],
  });
}
