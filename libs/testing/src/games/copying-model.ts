import {
  EncoderDecoderModel,
  TokenSequence,
  type LayerAttention,
  type ModelDescription,
  type ReadTokens,
  type TextEncoding,
} from '#explainers';
import { AttendingModel } from './attending-model.js';

const names = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '<s>', '</s>'];
const start = 10;
const end = 11;

/**
 * An encoder-decoder that copies: the source's tokens are digits and the </s> behind them, an output begins with <s>, and its likeliest token
 * (logit 4) is the next of the source, then (logit 2) the one after that.
 */
export class CopyingModel extends EncoderDecoderModel {
  readonly layers = 2;
  readonly heads = 3;
  override readonly outputs = names.length;
  override readonly contextLength = 12;
  override readonly endTokens = [end];
  override readonly startTokens = Int32Array.of(start);
  override readonly encoder = new AttendingModel({ layers: 3, heads: 2 });
  override modelRows = 0;
  override readonly description: ModelDescription = {
    name: 'copying',
    version: '1',
    sha256: '0'.repeat(64),
    task: 'text2text-generation',
    classes: [],
    multiLabel: false,
    output: { name: 'logits', kind: 'logits' },
    features: [],
    maxTokens: 12,
    maskToken: null,
    backgroundRows: 0,
    batchInvariant: false,
  };

  encode(text: string): TextEncoding {
    const { ids, tokens, offsets, special } = this.encodeOutput(text);
    return {
      ids: Int32Array.of(...ids, end),
      tokens: [...tokens, '</s>'],
      offsets: [...offsets, [0, 0]],
      special: [...special, true],
      cutFrom: null,
    };
  }

  encodeOutput(text: string): TextEncoding {
    const found = [...text.matchAll(/\d/g)];
    return {
      ids: Int32Array.from(found, ([digit]) => Number(digit)),
      tokens: found.map(([digit]) => digit),
      offsets: found.map(({ index }) => [index, index + 1]),
      special: found.map(() => false),
      cutFrom: null,
    };
  }

  spell(_before: Int32Array, ids: Int32Array): readonly string[] {
    return Array.from(ids, (id) => (id < start ? ` ${id}` : ''));
  }

  nameOf(id: number): string {
    return names[id] ?? '?';
  }

  begin(source: Int32Array): TokenSequence {
    return new Copy(this, source);
  }

  /** What a query gives a key: differently in every layer, head and kind. */
  shareOf(kind: 'cross' | 'causal-self', layer: number, head: number, query: number, keys: number, key: number): number {
    const weight = (at: number) => 1 / (1 + ((layer + 2 * head + query + 3 * at + (kind === 'cross' ? 5 : 0)) % 7));
    return weight(key) / Array.from({ length: keys }, (_, at) => weight(at)).reduce((sum, one) => sum + one, 0);
  }
}

class Copy extends TokenSequence {
  override length = 0;
  override readonly atOnce = Infinity;

  constructor(
    private readonly model: CopyingModel,
    private readonly source: Int32Array,
  ) {
    super();
  }

  override read(ids: Int32Array, last: number, attention: boolean): Promise<ReadTokens> {
    const { model, source } = this;
    model.modelRows += 1;
    this.length += ids.length;
    const logits = new Float32Array(last * model.outputs);
    for (let row = 0; row < last; row++) {
      const at = this.length - last + row;
      logits[row * model.outputs + (source[at + 1] ?? end)] = 2;
      logits[row * model.outputs + (source[at] ?? end)] = 4;
    }
    const kinds = ['causal-self', 'cross'] as const;
    return Promise.resolve({ logits, attention: attention ? kinds.flatMap((kind) => this.attend(kind, last)) : null });
  }

  private attend(kind: 'cross' | 'causal-self', rows: number): readonly LayerAttention[] {
    const { layers, heads } = this.model;
    const keys = kind === 'cross' ? this.source.length : this.length;
    return Array.from({ length: layers }, (_, layer) => {
      const probabilities = new Float32Array(heads * rows * keys);
      for (let head = 0; head < heads; head++)
        for (let row = 0; row < rows; row++) {
          const query = this.length - rows + row;
          const seen = kind === 'cross' ? keys : query + 1;
          for (let key = 0; key < seen; key++)
            probabilities[(head * rows + row) * keys + key] = this.model.shareOf(kind, layer, head, query, seen, key);
        }
      return { kind, layer, operator: 'Softmax', node: `${kind}-${layer}`, heads, queries: rows, keys, probabilities };
    });
  }
}
