import { TextModel, type ModelDescription, type Span, type TextEncoding } from '#explainers';

const special = ['[CLS]', '[SEP]', '[MASK]'] as const;

export interface PieceModelOptions {
  /** Longest piece in UTF-16 units; longer words become several tokens. Default 4. */
  readonly pieceLength?: number;
  readonly maxTokens?: number;
  readonly maskToken?: string | null;
  /** Tokenises the text by this expression; every match is cut into pieces. Default: runs of word characters, and single other marks. */
  readonly pattern?: RegExp;
}

/**
 * A text classifier with two logits whose tokenizer cuts words into pieces, as word-piece tokenizers do. The first logit is 0,
 * the second what `score` makes of the tokens, special ones left out.
 */
export class PieceModel extends TextModel {
  readonly description: ModelDescription;
  readonly outputs = 2;
  readonly maskTokenId: number | null;
  modelRows = 0;
  /** Every row that was ever asked for, as tokens. */
  readonly asked: string[][] = [];
  private readonly vocabulary: string[] = [...special];
  private readonly ids = new Map<string, number>(special.map((token, id) => [token, id]));
  private readonly pieceLength: number;
  private readonly pattern: RegExp;

  constructor(
    private readonly score: (tokens: readonly string[]) => number,
    options: PieceModelOptions = {},
  ) {
    super();
    const maskToken = options.maskToken === undefined ? '[MASK]' : options.maskToken;
    this.maskTokenId = maskToken === null ? null : special.indexOf('[MASK]');
    this.pieceLength = options.pieceLength ?? 4;
    this.pattern = options.pattern ?? /[\p{L}\p{N}]+|[^\s\p{L}\p{N}\p{M}]/gu;
    this.description = {
      name: 'pieces',
      version: '1',
      sha256: '0'.repeat(64),
      task: 'text-classification',
      classes: ['negative', 'positive'],
      multiLabel: false,
      output: { name: 'logits', kind: 'logits' },
      features: [],
      maxTokens: options.maxTokens ?? 64,
      maskToken,
      backgroundRows: 0,
      batchInvariant: true,
    };
  }

  encode(text: string): TextEncoding {
    const pieces: { token: string; offset: Span }[] = [];
    for (const { 0: run, index } of text.matchAll(this.pattern)) {
      for (let at = 0; at < run.length; at += this.pieceLength) {
        const piece = run.slice(at, at + this.pieceLength);
        pieces.push({ token: at === 0 ? piece : `##${piece}`, offset: [index + at, index + at + piece.length] });
      }
    }
    const room = (this.description.maxTokens ?? Infinity) - 2;
    const kept = pieces.slice(0, room);
    const none: Span = [0, 0];
    const tokens = ['[CLS]', ...kept.map((piece) => piece.token), '[SEP]'];
    return {
      ids: Int32Array.from(tokens, (token) => this.findId(token)),
      tokens,
      offsets: [none, ...kept.map((piece) => piece.offset), none],
      special: [true, ...kept.map(() => false), true],
      cutFrom: pieces[room]?.offset[0] ?? null,
    };
  }

  predict(rows: readonly Int32Array[]): Promise<Float64Array> {
    this.modelRows += rows.length;
    const outputs = new Float64Array(2 * rows.length);
    rows.forEach((ids, row) => {
      const tokens = Array.from(ids, (id) => this.vocabulary[id] ?? '?');
      this.asked.push(tokens);
      outputs[2 * row + 1] = this.score(tokens.filter((token) => token !== '[CLS]' && token !== '[SEP]'));
    });
    return Promise.resolve(outputs);
  }

  private findId(token: string): number {
    const known = this.ids.get(token);
    if (known !== undefined) return known;
    this.ids.set(token, this.vocabulary.length);
    return this.vocabulary.push(token) - 1;
  }
}
