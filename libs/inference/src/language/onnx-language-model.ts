import {
  LanguageModel,
  type AttentionNumbers,
  type KnownAttention,
  type ModelDescription,
  type TextEncoding,
  type TokenSequence,
} from '#explainers';
import { checkText } from '../text/encode-text.js';
import { takeContinuation } from './encode-prompt.js';
import type { LanguageCore } from './language-core.js';
import { OnnxTokenSequence } from './onnx-token-sequence.js';
import { spellTokens } from './spell-tokens.js';

/** A language model as one run sees it: the counter is its own, sessions and tokenizer are shared. */
export class OnnxLanguageModel extends LanguageModel {
  override readonly outputs: number;
  override readonly contextLength: number | null;
  override readonly endTokens: readonly number[];
  private passes = 0;

  /** @param spend told the milliseconds of every pass */
  constructor(
    override readonly description: ModelDescription,
    private readonly core: LanguageCore,
    private readonly spend: (ms: number) => void,
  ) {
    super();
    this.outputs = core.vocabulary;
    this.contextLength = core.contextLength;
    this.endTokens = core.endTokens;
  }

  override get modelRows(): number {
    return this.passes;
  }

  override encode(text: string): TextEncoding {
    checkText(text);
    return this.core.encode(text);
  }

  override encodeContinuation(prompt: string, continuation: string): TextEncoding {
    checkText(prompt);
    checkText(continuation);
    return takeContinuation(prompt, continuation, this.core.encode(prompt + continuation), this.core.encode(prompt));
  }

  override spell(before: Int32Array, ids: Int32Array): readonly string[] {
    return spellTokens(this.core.tokenizer.decodeEach(Int32Array.from([...before, ...ids]), before.length));
  }

  /** An id beyond the tokenizer's vocabulary, as models have that are padded to a round number, is named by its number: "<50300>". */
  override nameOf(id: number): string {
    return this.core.tokenizer.nameOf(id) ?? `<${id}>`;
  }

  override readLayers(): Promise<KnownAttention> {
    return this.core.readLayers();
  }

  override begin(attention: AttentionNumbers | null, separators: readonly number[] = []): TokenSequence {
    const count = () => {
      this.passes += 1;
    };
    return new OnnxTokenSequence(this.core, { count, spend: this.spend }, attention, separators);
  }
}
