import { Tensor } from 'onnxruntime-node';
import { ExplainProblem, type ImageDescription } from '#explainers';
import type { ModelParts } from '../folder/model-folder.js';
import { GradientSession } from '../gradient/gradient-session.js';
import type { Feeds, OnnxSession } from '../session/onnx-session.js';
import { readScores, type ScoreLayout } from '../session/read-scores.js';
import { roundsByRun } from '../session/rounds-by-run.js';
import { readImageInput, type ImageInputTensor } from './image-input.js';

/** Numbers of the pictures of a run: the memory of a run grows with them, by ten times and more in between. */
const numbersOfRun = 2 ** 19;
const mostRows = 64;

/** What all runs of an image model share: session, and how pictures become feeds. */
export class ImageCore {
  private readonly input: ImageInputTensor;
  private readonly alone: boolean;
  /** Runs forward and back. */
  readonly gradients: GradientSession;

  /** @throws ExplainProblem MODEL_UNSUPPORTED */
  constructor(
    parts: Pick<ModelParts, 'folder' | 'graph' | 'modelFile'>,
    readonly image: ImageDescription,
    private readonly session: OnnxSession,
    private readonly layout: ScoreLayout & { readonly fetch: string },
  ) {
    this.input = readImageInput(parts.graph);
    this.alone = roundsByRun(parts.graph);
    const { fixedRows } = this.input;
    this.gradients = new GradientSession({
      ...{ folder: parts.folder, modelFile: parts.modelFile, output: layout.fetch, ids: null, numbers: this.input.name, chosen: false },
      pairs: layout.outputs === 2 && layout.kind !== 'value' ? layout.kind : null,
      trials: () => [(fixedRows === null ? [2, 3] : [fixedRows, fixedRows]).map((rows) => this.feed(this.blanks(rows)))],
    });
  }

  get outputs(): number {
    return this.layout.outputs;
  }

  /** Numbers of one picture. */
  get rowLength(): number {
    return this.image.channels * this.image.height * this.image.width;
  }

  get rowsPerRun(): number {
    if (this.alone) return 1;
    return this.input.fixedRows ?? Math.min(mostRows, Math.max(1, Math.floor(numbersOfRun / this.rowLength)));
  }

  /**
   * One run of the graph.
   *
   * @param rows each [channels, height, width], at most `rowsPerRun`
   * @returns [rows x outputs]
   * @throws ExplainProblem MODEL_RUN_FAILED or MODEL_UNSUPPORTED
   */
  async runBatch(rows: readonly Float32Array[]): Promise<Float64Array> {
    const wrong = rows.find((row) => row.length !== this.rowLength);
    if (wrong !== undefined)
      throw new ExplainProblem('MODEL_RUN_FAILED', `a picture has ${wrong.length} numbers, and the model reads ${this.rowLength}`);
    const fed = Math.max(rows.length, this.input.fixedRows ?? 0);
    const output = await this.session.run(this.feed(rows), this.layout.fetch);
    return readScores(output, fed, this.layout).subarray(0, rows.length * this.outputs);
  }

  get fixedRows(): number | null {
    return this.input.fixedRows;
  }

  /** Feeds of one run: as many rows as the graph fixes, the last is fed again. */
  feed(rows: readonly Float32Array[]): Feeds {
    const last = rows.at(-1);
    const fed = Math.max(rows.length, this.input.fixedRows ?? 0);
    const data = this.input.type === 'float64' ? new Float64Array(fed * this.rowLength) : new Float32Array(fed * this.rowLength);
    for (let row = 0; row < fed; row++) this.write(data, row * this.rowLength, rows[row] ?? last ?? new Float32Array(0));
    return { [this.input.name]: this.makeTensor(data, fed) };
  }

  /** The numbers of one row of a gradient, channel-first. */
  readRow(gradient: Float32Array | Float64Array, row: number): Float32Array {
    const { channels, layout } = this.image;
    const own = Float32Array.from(gradient.subarray(row * this.rowLength, (row + 1) * this.rowLength));
    if (layout === 'NCHW' || channels === 1) return own;
    const size = own.length / channels;
    return Float32Array.from({ length: own.length }, (_, at) => own[(at % size) * channels + Math.floor(at / size)] ?? NaN);
  }

  async close(): Promise<void> {
    await Promise.all([this.session.close(), this.gradients.close()]);
  }

  private blanks(rows: number): readonly Float32Array[] {
    return Array.from({ length: rows }, () => new Float32Array(this.rowLength));
  }

  private makeTensor(data: Float32Array | Float64Array, rows: number): Tensor {
    const { channels, height, width, layout } = this.image;
    const shape = layout === 'NCHW' ? [rows, channels, height, width] : [rows, height, width, channels];
    return data instanceof Float64Array ? new Tensor('float64', data, shape) : new Tensor('float32', data, shape);
  }

  private write(data: Float32Array | Float64Array, start: number, row: Float32Array): void {
    const { channels, layout } = this.image;
    if (layout === 'NCHW' || channels === 1) {
      data.set(row, start);
      return;
    }
    const size = row.length / channels;
    for (let channel = 0; channel < channels; channel++)
      for (let at = 0; at < size; at++) data[start + at * channels + channel] = row[channel * size + at] ?? 0;
  }
}
