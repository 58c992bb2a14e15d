import {
  ExplainProblem,
  LanguageModel,
  TokenSequence,
  type AttentionNumbers,
  type KnownAttention,
  type ModelDescription,
  type ReadTokens,
  type TextEncoding,
} from '#explainers';

const names = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '<s>', '</s>'];
const start = 10;
const end = 11;

/**
 * A language model that counts: its tokens are the digits, begun by <s> and ended by </s>. After n its likeliest token is n + 1 (logit 4), then
 * n + 2 (logit 2); all others have logit 0. After 9 it ends.
 */
export class CountingModel extends LanguageModel {
  readonly layers = 2;
  readonly heads = 3;
  override readonly outputs = names.length;
  override readonly contextLength = 32;
  override readonly endTokens = [end];
  override modelRows = 0;
  /** How many tokens of a prompt are read at once. */
  atOnce = Infinity;
  override readonly description: ModelDescription = {
    name: 'counting',
    version: '1',
    sha256: '0'.repeat(64),
    task: 'causal-lm',
    classes: [],
    multiLabel: false,
    output: { name: 'logits', kind: 'logits' },
    features: [],
    maxTokens: 32,
    maskToken: null,
    backgroundRows: 0,
    batchInvariant: false,
  };

  encode(text: string): TextEncoding {
    const { ids, tokens, offsets, special } = this.encodeContinuation('', text);
    return {
      ids: Int32Array.of(start, ...ids),
      tokens: ['<s>', ...tokens],
      offsets: [[0, 0], ...offsets],
      special: [true, ...special],
      cutFrom: null,
    };
  }

  encodeContinuation(_prompt: string, continuation: string): TextEncoding {
    const found = [...continuation.matchAll(/\d/g)];
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

  begin(what: AttentionNumbers | null): TokenSequence {
    return new Count(this, what ?? 'probability');
  }

  override readLayers(): Promise<KnownAttention> {
    return Promise.resolve({ layers: [...Array(this.layers).keys()], heads: this.heads });
  }

  /** What the last of `tokens` gives a key in a head: larger for keys that are nearer, differently in every head. */
  shareOf(layer: number, head: number, tokens: number, key: number): number {
    const weight = (at: number) => 1 / (tokens - at + layer + head);
    return weight(key) / Array.from({ length: tokens }, (_, at) => weight(at)).reduce((sum, one) => sum + one, 0);
  }
}

class Count extends TokenSequence {
  private readonly ids: number[] = [];

  constructor(
    private readonly model: CountingModel,
    private readonly what: AttentionNumbers,
  ) {
    super();
  }

  override get length(): number {
    return this.ids.length;
  }

  override get atOnce(): number {
    return this.model.atOnce;
  }

  override read(ids: Int32Array, last: number, attention: boolean): Promise<ReadTokens> {
    const { model } = this;
    const total = this.ids.length + ids.length;
    if (total > model.contextLength) return Promise.reject(new ExplainProblem('CONTEXT_EXCEEDED', `${total} tokens`));
    model.modelRows += 1;
    this.ids.push(...ids);
    const logits = new Float32Array(last * model.outputs);
    for (let row = 0; row < last; row++) {
      const id = ids[ids.length - last + row] ?? 0;
      const next = id === 9 ? end : id === start ? 0 : id + 1;
      logits[row * model.outputs + next] = 4;
      if (id < 8) logits[row * model.outputs + id + 2] = 2;
    }
    return Promise.resolve({ logits, attention: attention ? this.attend(last) : null });
  }

  private attend(rows: number) {
    const { layers, heads } = this.model;
    const keys = this.ids.length;
    return Array.from({ length: layers }, (_, layer) => {
      const probabilities = new Float32Array(heads * rows * keys);
      for (let head = 0; head < heads; head++)
        for (let row = 0; row < rows; row++) {
          const seen = keys - rows + 1 + row;
          for (let key = 0; key < seen; key++) probabilities[(head * rows + row) * keys + key] = this.model.shareOf(layer, head, seen, key);
        }
      return {
        kind: 'causal-self' as const,
        layer,
        operator: 'Softmax',
        node: `layer-${layer}`,
        heads,
        queries: rows,
        keys,
        probabilities,
        ...(this.what === 'score' ? { scores: probabilities.map((share) => Math.max(Math.log(share), -1e4)) } : {}),
      };
    });
  }
}
