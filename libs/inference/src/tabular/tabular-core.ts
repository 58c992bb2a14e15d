import { ExplainProblem, type FeatureColumn, type Table } from '#explainers';
import { readBackground } from '../folder/read-background.js';
import type { ModelParts } from '../folder/model-folder.js';
import type { OnnxSession } from '../session/onnx-session.js';
import { readScores, type ScoreLayout } from '../session/read-scores.js';
import { feedRows } from './feed-rows.js';
import { readTabularInputs, type TabularInputs } from './tabular-inputs.js';

/** Rows of a run: enough to hide the call, few enough to keep feeds in the cache and the process answering. */
const rowsPerRun = 1024;

/** What all runs of a tabular model share: session, columns, and how rows become feeds. */
export class TabularCore {
  private readonly inputs: TabularInputs;
  private readonly folder: string;
  private readonly backgroundFile: string | null;
  private backgroundRows: Promise<Table> | null = null;

  /** @throws ExplainProblem MODEL_UNSUPPORTED */
  constructor(
    parts: ModelParts,
    readonly features: readonly FeatureColumn[],
    private readonly session: OnnxSession,
    private readonly layout: ScoreLayout & { readonly fetch: string },
  ) {
    this.inputs = readTabularInputs(parts.graph, features);
    this.folder = parts.folder;
    this.backgroundFile = parts.backgroundFile;
  }

  get outputs(): number {
    return this.layout.outputs;
  }

  get rowsPerRun(): number {
    return this.inputs.fixedRows ?? rowsPerRun;
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

  close(): Promise<void> {
    return this.session.close();
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
