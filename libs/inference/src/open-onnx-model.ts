import type { EncoderDecoderModel, ImageModel, LanguageModel, ModelDescription, TabularModel, TextModel } from '#explainers';
import { OnnxEncoderModel } from './encoder/onnx-encoder-model.js';
import { openEncoderPart } from './encoder/open-encoder-part.js';
import { OnnxEncoderDecoderModel } from './encoder-decoder/onnx-encoder-decoder-model.js';
import { OnnxImageModel } from './image/onnx-image-model.js';
import { OnnxLanguageModel } from './language/onnx-language-model.js';
import { closeCore, type Core } from './open-core.js';
import { OnnxTabularModel } from './tabular/onnx-tabular-model.js';
import { OnnxTextModel } from './text/onnx-text-model.js';
import type { OutputCache } from './text/output-cache.js';

/** A model held open between runs. */
export class OpenOnnxModel {
  private spentMs = 0;

  constructor(
    private readonly description: ModelDescription,
    private readonly core: Core,
    private readonly cache: OutputCache,
  ) {}

  /**
   * The model as one run sees it, with counters that start at zero.
   *
   * @param cache `bypass`: no score of an earlier run is used, and none is kept
   */
  forRun(cache: 'use' | 'bypass'): TextModel | LanguageModel | EncoderDecoderModel | ImageModel | TabularModel {
    this.spentMs = 0;
    const spend = (ms: number): void => void (this.spentMs += ms);
    if (this.core.kind === 'tabular') return new OnnxTabularModel(this.description, this.core.tabular, spend);
    if (this.core.kind === 'language') return new OnnxLanguageModel(this.description, this.core.language, spend);
    if (this.core.kind === 'encoder-decoder') return new OnnxEncoderDecoderModel(this.description, this.core.pair, spend);
    if (this.core.kind === 'encoder') return new OnnxEncoderModel(this.description, openEncoderPart(this.core.encoder), spend);
    // What a row of such a model answers depends on its company: a score from elsewhere would change the result.
    const shared = cache === 'use' && this.description.batchInvariant ? this.cache : null;
    if (this.core.kind === 'image') return new OnnxImageModel(this.description, this.core.image, shared, spend);
    return new OnnxTextModel(this.description, this.core.text, shared, spend);
  }

  /** Milliseconds spent in predictions since `forRun`. */
  get modelMs(): number {
    return this.spentMs;
  }

  close(): Promise<void> {
    return closeCore(this.core);
  }
}
