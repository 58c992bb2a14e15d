import {
  ExplainProblem,
  TextModel,
  type AttendedPrediction,
  type AttentionNumbers,
  type LayerAttention,
  type ModelDescription,
  type TextEncoding,
} from '#explainers';
import { checkText } from '../text/encode-text.js';

/** What an encoder is made of. */
export interface EncoderPart {
  readonly maskTokenId: number | null;
  /** Cut to the tokens that it reads. */
  encode(text: string): TextEncoding;
  /** Throws ExplainProblem ATTENTION_UNAVAILABLE, ATTENTION_UNPROVEN or MODEL_RUN_FAILED. */
  attend(ids: Int32Array, what: AttentionNumbers, separators: readonly number[]): Promise<readonly LayerAttention[]>;
}

/** An encoder as one run sees it: it answers no row, and shows what its tokens look at. */
export class OnnxEncoderModel extends TextModel {
  override readonly outputs = 0;
  override readonly maskTokenId: number | null;
  private passes = 0;

  /** @param spend told the milliseconds of every pass */
  constructor(
    override readonly description: ModelDescription,
    private readonly part: EncoderPart,
    private readonly spend: (ms: number) => void,
  ) {
    super();
    this.maskTokenId = part.maskTokenId;
  }

  override get modelRows(): number {
    return this.passes;
  }

  override encode(text: string): TextEncoding {
    checkText(text);
    return this.part.encode(text);
  }

  override predict(): Promise<Float64Array> {
    const { name, task } = this.description;
    return Promise.reject(new ExplainProblem('METHOD_NOT_APPLICABLE', `${name} is ${task}: it has no score for a text`));
  }

  override async attend(
    ids: Int32Array,
    what: AttentionNumbers = 'probability',
    separators: readonly number[] = [],
  ): Promise<readonly LayerAttention[]> {
    if (ids.length === 0) throw new ExplainProblem('MODEL_RUN_FAILED', 'the text has no token');
    const startedAt = performance.now();
    this.passes += 1;
    try {
      return await this.part.attend(ids, what, separators);
    } finally {
      this.spend(performance.now() - startedAt);
    }
  }

  override async predictAttending(
    ids: Int32Array,
    what: AttentionNumbers = 'probability',
    separators: readonly number[] = [],
  ): Promise<AttendedPrediction> {
    return { outputs: new Float64Array(0), layers: await this.attend(ids, what, separators) };
  }
}
