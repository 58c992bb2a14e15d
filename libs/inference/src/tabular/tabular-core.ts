import { Tensor } from 'onnxruntime-node';
import { ExplainProblem, type FeatureColumn, type Table } from '#explainers';
import { readBackground } from '../folder/read-background.js';
import type { ModelParts } from '../folder/model-folder.js';
import { GradientSession } from '../gradient/gradient-session.js';
import type { Feeds, OnnxSession } from '../session/onnx-session.js';
import { readScores, type ScoreLayout } from '../session/read-scores.js';
import { roundsByRun } from '../session/rounds-by-run.js';
import { feedRows } from './feed-rows.js';
import { readTabularInputs, type TabularInputs } from './tabular-inputs.js';

/** Rows of a run: enough to hide the call, few enough to keep feeds in the cache and the process answering. */
const rowsPerRun = 1024;

/** What all runs of a tabular model share: session, columns, and how rows become feeds. */
export class TabularCore {
  private readonly inputs: TabularInputs;
  private readonly alone: boolean;
  private readonly folder: string;
  private readonly backgroundFile: string | null;
  private backgroundRows: Promise<Table> | null = null;
  /** Runs forward and back; null where the graph reads its columns one by one, or not as numbers. */
  readonly gradients: GradientSession | null;

  /** @throws ExplainProblem MODEL_UNSUPPORTED */
  constructor(
    parts: ModelParts,
    readonly features: readonly FeatureColumn[],
    private readonly session: OnnxSession,
    private readonly layout: ScoreLayout & { readonly fetch: string },
  ) {
    this.inputs = readTabularInputs(parts.graph, features);
    this.folder = parts.folder;
    this.alone = roundsByRun(parts.graph);
    this.backgroundFile = parts.backgroundFile;
    const [only] = this.inputs.tensors;
    const isMatrix = this.inputs.tensors.length === 1 && only?.rank === 2 && (only.type === 'float32' || only.type === 'float64');
    this.gradients = isMatrix
      ? new GradientSession({
          ...{ folder: parts.folder, modelFile: parts.modelFile, output: layout.fetch, ids: null, numbers: only.name, chosen: false },
          pairs: layout.outputs === 2 && layout.kind !== 'value' ? layout.kind : null,
          trials: () => [
            (this.inputs.fixedRows === null ? [2, 3] : [this.inputs.fixedRows, this.inputs.fixedRows]).map((rows) =>
              this.feedPoints(zeros(rows, features.length)),
            ),
          ],
        })
      : null;
  }

  get outputs(): number {
    return this.layout.outputs;
  }

  get rowsPerRun(): number {
    return this.alone ? 1 : (this.inputs.fixedRows ?? rowsPerRun);
  }

  /**
   * One run of the graph.
   *
   * @param rows places in the table
   * @returns [rows x outputs]
   * @throws ExplainProblem
   */
  async runBatch(table: Table, rows: Int32Array): Promise<Float64Array> {
    if (table.columns !== this.features.length)
      throw new ExplainProblem('MODEL_RUN_FAILED', `rows have ${table.columns} columns, and the model reads ${this.features.length}`);
    const fed = this.fill(rows);
    const output = await this.session.run(feedRows(this.inputs, this.features, table, fed), this.layout.fetch);
    return readScores(output, fed.length, this.layout).subarray(0, rows.length * this.layout.outputs);
  }

  /** @throws ExplainProblem BACKGROUND_INVALID */
  background(): Promise<Table> {
    const file = this.backgroundFile;
    this.backgroundRows ??=
      file === null
        ? Promise.resolve({ rows: 0, columns: this.features.length, cells: new Float64Array(0) })
        : readBackground(this.folder, file, this.features);
    return this.backgroundRows;
  }

  async close(): Promise<void> {
    await Promise.all([this.session.close(), this.gradients?.close()]);
  }

  /** Feeds of rows that need not be rows of the table: codes between two categories among them. */
  feedPoints(points: readonly Float32Array[]): Feeds {
    const [only] = this.inputs.tensors;
    if (only === undefined) throw new RangeError('the graph reads nothing');
    const numbers = points.flatMap((point) => [...point]);
    const shape = [points.length, this.features.length];
    const tensor =
      only.type === 'float64'
        ? new Tensor('float64', Float64Array.from(numbers), shape)
        : new Tensor('float32', Float32Array.from(numbers), shape);
    return { [only.name]: tensor };
  }

  get fixedRows(): number | null {
    return this.inputs.fixedRows;
  }

  /** Repeats the last row up to the number of rows that the graph demands. */
  private fill(rows: Int32Array): Int32Array {
    const wanted = this.inputs.fixedRows ?? rows.length;
    if (wanted <= rows.length) return rows;
    const filled = new Int32Array(wanted).fill(rows.at(-1) ?? 0);
    filled.set(rows);
    return filled;
  }
}

function zeros(rows: number, columns: number): readonly Float32Array[] {
  return Array.from({ length: rows }, () => new Float32Array(columns));
}
