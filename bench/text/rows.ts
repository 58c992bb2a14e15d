import { TextModel, type LocalExplainer, type ModelDescription, type TextEncoding } from '#explainers';

/** Passes everything on to a model and keeps every distinct row that went to it. */
class RecordingModel extends TextModel {
  override readonly outputs: number;
  override readonly maskTokenId: number | null;
  private readonly seen = new Map<string, Int32Array>();

  constructor(private readonly model: TextModel) {
    super();
    this.outputs = model.outputs;
    this.maskTokenId = model.maskTokenId;
  }

  override get description(): ModelDescription {
    return this.model.description;
  }

  override get modelRows(): number {
    return this.model.modelRows;
  }

  /** Distinct over all calls. */
  get rows(): readonly Int32Array[] {
    return [...this.seen.values()];
  }

  override encode(text: string): TextEncoding {
    return this.model.encode(text);
  }

  override predict(rows: readonly Int32Array[]): Promise<Float64Array> {
    for (const row of rows) this.seen.set(row.join(' '), row);
    return this.model.predict(rows);
  }
}

/** A review and how it is explained: what a job's body says. */
export interface ReviewJob {
  readonly text: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly seed: number;
}

/** The distinct rows that a method asks a model for, by running it. */
export async function recordRows(
  explainer: LocalExplainer,
  model: TextModel,
  { text, params, seed }: ReviewJob,
): Promise<readonly Int32Array[]> {
  const recorder = new RecordingModel(model);
  const parsed = explainer.params.parse(params);
  const complete = explainer.complete?.(parsed, model.description) ?? parsed;
  const request = { input: { text }, targets: [{}], params: complete, seed };
  await explainer.explain(request, { model: recorder, cancellation: { aborted: false }, report: () => undefined });
  return recorder.rows;
}
