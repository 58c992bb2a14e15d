import { ImageModel, type ImageDescription, type ImageReading, type ModelDescription } from '#explainers';

/**
 * An image classifier with two logits, over one given picture whatever file is sent. The first logit is 0, the second what `score` makes of
 * the normalised numbers [channels, height, width].
 */
export class PixelModel extends ImageModel {
  readonly description: ModelDescription;
  readonly outputs = 2;
  readonly shape: ImageModel['shape'];
  modelRows = 0;

  constructor(
    private readonly pixels: Uint8Array,
    private readonly image: ImageDescription,
    private readonly score: (input: Float32Array) => number,
  ) {
    super();
    const { height, width, channels } = image;
    this.shape = { height, width, channels };
    this.description = {
      name: 'pixels',
      version: '1',
      sha256: '0'.repeat(64),
      task: 'image-classification',
      classes: ['no', 'yes'],
      multiLabel: false,
      output: { name: 'logits', kind: 'logits' },
      features: [],
      maxTokens: null,
      maskToken: null,
      backgroundRows: 0,
      batchInvariant: true,
      image,
    };
  }

  normalise(pixel: number): Float32Array {
    const { scale, mean, std } = this.image;
    return Float32Array.from(mean, (centre, channel) => (pixel * scale - centre) / (std[channel] ?? NaN));
  }

  read(): Promise<ImageReading> {
    const { height, width, channels } = this.shape;
    const size = height * width;
    const { pixels } = this;
    const input = Float32Array.from(pixels, (_, at) => {
      const channel = Math.floor(at / size);
      return this.normalise(pixels[(at % size) * channels + channel] ?? NaN)[channel] ?? NaN;
    });
    return Promise.resolve({ height, width, channels, pixels, input, original: { width, height }, warnings: [] });
  }

  predict(rows: readonly Float32Array[]): Promise<Float64Array> {
    this.modelRows += rows.length;
    return Promise.resolve(Float64Array.from(rows.flatMap((row) => [0, this.score(row)])));
  }
}
