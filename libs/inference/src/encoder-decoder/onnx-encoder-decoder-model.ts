import {
  EncoderDecoderModel,
  ExplainProblem,
  type AttentionGradients,
  type ModelDescription,
  type TextEncoding,
  type TextModel,
  type TokenScore,
  type TokenSequence,
} from '#explainers';
import { OnnxEncoderModel } from '../encoder/onnx-encoder-model.js';
import { RowGradients } from '../gradient/row-gradients.js';
import { measure, type RunMeter } from '../gradient/measure.js';
import { TokenScorer } from '../gradient/token-scorer.js';
import { expectContext } from '../language/pass-sequence.js';
import { spellTokens } from '../language/spell-tokens.js';
import { checkText } from '../text/encode-text.js';
import { cutPadding } from '../text/onnx-text-model.js';
import { DecoderSequence } from './decoder-sequence.js';
import type { EncoderDecoderCore } from './encoder-decoder-core.js';
import type { TokenPair } from './encoder-decoder-inputs.js';

/** An encoder-decoder as one run sees it: the counter is its own, sessions and tokenizer are shared. */
export class OnnxEncoderDecoderModel extends EncoderDecoderModel {
  override readonly outputs: number;
  override readonly contextLength: number | null;
  override readonly endTokens: readonly number[];
  override readonly startTokens: Int32Array;
  override readonly encoder: TextModel;
  private readonly gradients: RowGradients<TokenPair>;
  private readonly meter: RunMeter;
  private passes = 0;

  /** @param spend told the milliseconds of every pass */
  constructor(
    override readonly description: ModelDescription,
    private readonly core: EncoderDecoderCore,
    private readonly spend: (ms: number) => void,
  ) {
    super();
    this.outputs = core.vocabulary;
    this.contextLength = core.contextLength;
    this.endTokens = core.endTokens;
    this.startTokens = core.startTokens;
    this.gradients = new RowGradients(core.gradients, core.feeding, new TokenScorer(core.vocabulary));
    this.meter = { count: (rows) => void (this.passes += rows), spend };
    const part = {
      maskTokenId: null,
      encode: (text: string) => core.encode(text, core.contextLength ?? Infinity),
      attend: async (...[ids, what, separators]: Parameters<EncoderDecoderCore['attendSource']>) =>
        (await core.attendSource(ids, what, separators)).map((map) => cutPadding(map, ids.length)),
    };
    this.encoder = new OnnxEncoderModel(description, part, spend);
  }

  override get modelRows(): number {
    return this.passes + this.encoder.modelRows;
  }

  override encode(text: string): TextEncoding {
    checkText(text);
    return this.core.encode(text);
  }

  override encodeOutput(text: string): TextEncoding {
    checkText(text);
    return this.core.encodeOutput(text);
  }

  override spell(before: Int32Array, ids: Int32Array): readonly string[] {
    return spellTokens(this.core.tokenizer.decodeEach(Int32Array.from([...before, ...ids]), before.length));
  }

  override nameOf(id: number): string {
    return this.core.tokenizer.nameOf(id) ?? `<${id}>`;
  }

  override begin(source: Int32Array): TokenSequence {
    return new DecoderSequence(this.core, source, {
      count: () => {
        this.passes += 1;
      },
      spend: this.spend,
    });
  }

  override checkGradient(straightThrough: boolean): Promise<void> {
    return this.gradients.check(straightThrough);
  }

  override listRounding(): Promise<readonly string[]> {
    return this.gradients.listPassed();
  }

  override async attendBack(source: Int32Array, output: Int32Array, target: TokenScore): Promise<AttentionGradients> {
    for (const [what, { length }] of [['source', source] as const, ['output', output] as const]) {
      if (length === 0) throw new ExplainProblem('TEXT_EMPTY', `the ${what} has no token`, '/input', `Send text for the ${what}.`);
      expectContext(what, length, this.contextLength);
    }
    return measure(this.meter, 1, () => this.gradients.attendBack({ source, output }, target));
  }
}
