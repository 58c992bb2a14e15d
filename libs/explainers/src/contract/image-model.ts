import type { AttentionGradients, DifferentiableInput, GradientTarget, InnerGradients, InnerTensors } from './differentiable.js';
import { ExplainProblem } from './explain-problem.js';
import type { ImageInput } from './explainer.js';
import type { Warning } from './explanation.js';
import { Model } from './model.js';

/** A picture as its model reads it. */
export interface ImageReading {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** [height, width, channels], 0 … 255, after resizing. */
  readonly pixels: Uint8Array;
  /** [channels, height, width], normalised; channel-first whatever the layout of the graph. */
  readonly input: Float32Array;
  /** Size of the picture that was sent, its orientation applied. */
  readonly original: { readonly width: number; readonly height: number };
  /** What was done to the picture that a person should know. */
  readonly warnings: readonly Warning[];
}

/** A classifier of pictures. Rows are [channels, height, width] whatever the layout of the graph. */
export abstract class ImageModel extends Model {
  /** Of a row. */
  abstract readonly shape: { readonly channels: 1 | 3; readonly height: number; readonly width: number };
  /**
   * Decodes, resizes and normalises a picture.
   *
   * @throws ExplainProblem IMAGE_INVALID, IMAGE_TOO_LARGE, IMAGE_CHANNELS with a pointer at or below /input/image
   */
  abstract read(image: ImageInput): Promise<ImageReading>;
  /**
   * The normalised value of a pixel value in each channel: what black, grey or white is to the model.
   *
   * @param pixel 0 … 255, fractions too
   * @returns [channels]
   */
  abstract normalise(pixel: number): Float32Array;
  /**
   * @param rows each [channels, height, width], normalised
   * @returns [rows x classes], row-major
   * @throws ExplainProblem MODEL_RUN_FAILED or MODEL_OUTPUT_NON_FINITE
   */
  abstract predict(rows: readonly Float32Array[]): Promise<Float64Array>;
  /**
   * A picture as its normalised numbers [channels, height, width].
   *
   * @throws ExplainProblem GRADIENT_UNAVAILABLE
   */
  differentiate(_input: Float32Array): Promise<DifferentiableInput> {
    return Promise.reject(this.withoutGradient());
  }
  /**
   * Attention of every layer with the gradient of a score, of a transformer of patches.
   *
   * @throws ExplainProblem ATTENTION_UNAVAILABLE or GRADIENT_UNAVAILABLE
   */
  attendBack(_input: Float32Array, _target: GradientTarget): Promise<AttentionGradients> {
    return Promise.reject(this.withoutGradient());
  }
  /** Feature maps [channels, height, width], or hidden states [tokens, width] of a transformer. Throws as `differentiate`. */
  innerTensors(): Promise<InnerTensors> {
    return Promise.reject(this.withoutGradient());
  }
  /** One of these with the gradient of a score. Throws as `differentiate`. */
  innerGradients(_input: Float32Array, _target: GradientTarget, _tensor: string): Promise<InnerGradients> {
    return Promise.reject(this.withoutGradient());
  }

  private withoutGradient(): ExplainProblem {
    return new ExplainProblem('GRADIENT_UNAVAILABLE', `${this.description.name} has no gradient here`);
  }
}
