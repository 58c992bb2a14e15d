import { createHash } from 'node:crypto';
import {
  ImageModel,
  type AttentionGradients,
  type DifferentiableInput,
  type GradientTarget,
  type ImageInput,
  type ImageReading,
  type InnerGradients,
  type InnerTensors,
  type ModelDescription,
} from '#explainers';
import { fillNormalised, readImage } from '#imaging';
import { ClassScorer } from '../gradient/class-scorer.js';
import { NumberInput, type NumberFeeding } from '../gradient/number-input.js';
import { RowGradients } from '../gradient/row-gradients.js';
import { measure, type RunMeter } from '../gradient/measure.js';
import { checkFinite } from '../session/check-finite.js';
import type { OutputCache } from '../text/output-cache.js';
import type { ImageCore } from './image-core.js';

/** An image model as one run sees it: the counters are its own, the session is shared. */
export class OnnxImageModel extends ImageModel {
  override readonly outputs: number;
  private readonly scorer: ClassScorer;
  private readonly meter: RunMeter;
  private readonly inner: RowGradients<Float32Array>;
  private rowsAsked = 0;

  /**
   * @param cache scores of earlier runs, null to use none; only for a model that is batch invariant
   * @param spend told the milliseconds of every prediction
   */
  constructor(
    override readonly description: ModelDescription,
    private readonly core: ImageCore,
    private readonly cache: OutputCache | null,
    private readonly spend: (ms: number) => void,
  ) {
    super();
    this.outputs = core.outputs;
    const { output, multiLabel, classes } = description;
    this.scorer = new ClassScorer(output.name, { width: core.outputs, kind: output.kind, multiLabel }, classes);
    this.meter = { count: (rows) => void (this.rowsAsked += rows), spend };
    const feed = (rows: readonly Float32Array[]) => core.feed(rows);
    this.inner = new RowGradients(core.gradients, { feed, tokensOf: () => Infinity, fixedRows: core.fixedRows }, this.scorer);
  }

  override get shape(): ImageModel['shape'] {
    const { channels, height, width } = this.core.image;
    return { channels, height, width };
  }

  /** Distinct rows of each call, summed. Rows that came from the cache count too, so that no result depends on it. */
  override get modelRows(): number {
    return this.rowsAsked;
  }

  override read(image: ImageInput): Promise<ImageReading> {
    return readImage(image, this.core.image);
  }

  override normalise(pixel: number): Float32Array {
    return fillNormalised(this.core.image, pixel);
  }

  override async predict(rows: readonly Float32Array[]): Promise<Float64Array> {
    const startedAt = performance.now();
    try {
      return await this.answer(rows);
    } finally {
      this.spend(performance.now() - startedAt);
    }
  }

  override differentiate(input: Float32Array): Promise<DifferentiableInput> {
    const { channels, height, width } = this.shape;
    const feeding: NumberFeeding = {
      fixedRows: this.core.fixedRows,
      rowsPerRun: Math.min(8, this.core.rowsPerRun),
      feed: (points) => this.core.feed(points),
      read: (gradient, row) => this.core.readRow(gradient, row),
    };
    return Promise.resolve(new NumberInput(this.core.gradients, feeding, this.scorer, input, [channels, height, width], this.meter));
  }

  override attendBack(input: Float32Array, target: GradientTarget): Promise<AttentionGradients> {
    return measure(this.meter, 1, () => this.inner.attendBack(input, target));
  }

  override checkGradient(straightThrough: boolean): Promise<void> {
    return this.inner.check(straightThrough);
  }

  override listRounding(): Promise<readonly string[]> {
    return this.inner.listPassed();
  }

  override innerTensors(): Promise<InnerTensors> {
    return this.inner.innerTensors();
  }

  override innerGradients(input: Float32Array, target: GradientTarget, tensor: string): Promise<InnerGradients> {
    return measure(this.meter, 1, () => this.inner.innerGradients(input, target, tensor));
  }

  /** Runs of equal size, in the order of first appearance: a model that is not batch invariant then repeats itself. */
  private async answer(rows: readonly Float32Array[]): Promise<Float64Array> {
    const { outputs, description } = this;
    const places = new Map<string, number>();
    const distinct: { readonly key: string; readonly input: Float32Array; readonly row: number }[] = [];
    const placeOf = rows.map((input, row) => {
      const key = keyOfPicture(input);
      const known = places.get(key);
      if (known !== undefined) return known;
      places.set(key, distinct.length);
      return distinct.push({ key, input, row }) - 1;
    });
    this.rowsAsked += distinct.length;

    const scores = distinct.map(({ key }) => this.cache?.get(description.sha256, key));
    const missing = distinct.flatMap((one, place) => (scores[place] === undefined ? [{ ...one, place }] : []));
    for (let start = 0; start < missing.length; start += this.core.rowsPerRun) {
      const batch = missing.slice(start, start + this.core.rowsPerRun);
      const answers = await this.core.runBatch(batch.map(({ input }) => input));
      checkFinite(answers, outputs, description.classes, (row) => `row ${batch[row]?.row ?? row}`);
      batch.forEach(({ key, place }, row) => {
        const answer = answers.slice(row * outputs, (row + 1) * outputs);
        scores[place] = answer;
        this.cache?.set(description.sha256, key, answer);
      });
    }

    const result = new Float64Array(rows.length * outputs);
    placeOf.forEach((place, row) => {
      const answer = scores[place];
      if (answer !== undefined) result.set(answer, row * outputs);
    });
    return result;
  }
}

/** Equal exactly for equal pictures: as bytes they are too long to be keys themselves. */
function keyOfPicture(input: Float32Array): string {
  return createHash('sha256')
    .update(new Uint8Array(input.buffer, input.byteOffset, input.byteLength))
    .digest()
    .toString('latin1');
}
