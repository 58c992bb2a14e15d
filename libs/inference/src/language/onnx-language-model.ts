import {
  ExplainProblem,
  LanguageModel,
  type AttentionGradients,
  type AttentionNumbers,
  type DifferentiableInput,
  type GateGradients,
  type GradientTarget,
  type InnerGradients,
  type InnerTensors,
  type KnownAttention,
  type LayerHeads,
  type ModelDescription,
  type TextEncoding,
  type TokenSequence,
} from '#explainers';
import { TokenGradients } from '../gradient/token-gradients.js';
import { measure, type RunMeter } from '../gradient/measure.js';
import { TokenInput } from '../gradient/token-input.js';
import { TokenScorer } from '../gradient/token-scorer.js';
import { checkText } from '../text/encode-text.js';
import { takeContinuation } from './encode-prompt.js';
import type { LanguageCore } from './language-core.js';
import { OnnxTokenSequence } from './onnx-token-sequence.js';
import { spellTokens } from './spell-tokens.js';

/** The embedding is given beside the gradient of any score. */
const anyTarget: GradientTarget = { space: 'logit', tokens: [{ position: 0, tokenId: 0, weight: 1 }] };

/** A language model as one run sees it: the counter is its own, sessions and tokenizer are shared. */
export class OnnxLanguageModel extends LanguageModel {
  override readonly outputs: number;
  override readonly contextLength: number | null;
  override readonly padTokenId: number;
  override readonly endTokens: readonly number[];
  private readonly gradients: TokenGradients;
  private readonly meter: RunMeter;
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
    this.padTokenId = core.padId ?? 0;
    this.endTokens = core.endTokens;
    this.gradients = new TokenGradients(core.gradients, core.feeding, new TokenScorer(core.vocabulary));
    this.meter = { count: (rows) => void (this.passes += rows), spend };
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

  override async embed(ids: Int32Array): Promise<Float32Array> {
    this.checkLength(ids);
    const { numbers } = await measure(this.meter, 1, () => this.gradients.embed(ids, anyTarget));
    return numbers;
  }

  override differentiate(ids: Int32Array): Promise<DifferentiableInput> {
    this.checkLength(ids);
    return TokenInput.open(this.gradients, ids, anyTarget, this.meter);
  }

  override attendBack(ids: Int32Array, target: GradientTarget): Promise<AttentionGradients> {
    this.checkLength(ids);
    return measure(this.meter, 1, () => this.gradients.attendBack(ids, target));
  }

  override gatedHeads(): Promise<readonly LayerHeads[]> {
    return this.gradients.gatedHeads();
  }

  override gateGradients(ids: Int32Array, target: GradientTarget): Promise<GateGradients> {
    this.checkLength(ids);
    return measure(this.meter, 1, () => this.gradients.gateGradients(ids, target));
  }

  override checkGradient(straightThrough: boolean): Promise<void> {
    return this.gradients.check(straightThrough);
  }

  override listRounding(): Promise<readonly string[]> {
    return this.gradients.listPassed();
  }

  override listRaised(): Promise<readonly string[]> {
    return this.gradients.rounded();
  }

  override innerTensors(): Promise<InnerTensors> {
    return this.gradients.innerTensors();
  }

  override innerGradients(ids: Int32Array, target: GradientTarget, tensor: string): Promise<InnerGradients> {
    this.checkLength(ids);
    return measure(this.meter, 1, () => this.gradients.innerGradients(ids, target, tensor));
  }

  private checkLength({ length }: Int32Array): void {
    if (length === 0)
      throw new ExplainProblem(
        'TEXT_EMPTY',
        'there is no token whose gradient could be taken',
        '/input',
        'Send a text with something in it.',
      );
    if (this.contextLength === null || length <= this.contextLength) return;
    throw new ExplainProblem('CONTEXT_EXCEEDED', `the text has ${length} tokens, and the model reads ${this.contextLength}`);
  }

  override begin(attention: AttentionNumbers | null, separators: readonly number[] = []): TokenSequence {
    const count = () => {
      this.passes += 1;
    };
    return new OnnxTokenSequence(this.core, { count, spend: this.spend }, attention, separators);
  }
}
