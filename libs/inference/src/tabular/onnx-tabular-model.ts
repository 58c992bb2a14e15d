import { ExplainProblem, TabularModel, type DifferentiableInput, type ModelDescription, type Table } from '#explainers';
import { ClassScorer } from '../gradient/class-scorer.js';
import { NumberInput, type NumberFeeding } from '../gradient/number-input.js';
import { checkFinite } from '../session/check-finite.js';
import { findDistinctRows } from './find-distinct-rows.js';
import type { GradientSession } from '../gradient/gradient-session.js';
import type { TabularCore } from './tabular-core.js';

/** A tabular model as one run sees it: the counters are its own, the session is shared. */
export class OnnxTabularModel extends TabularModel {
  override readonly outputs: number;
  private rowsAsked = 0;

  /** @param spend told the milliseconds of every prediction */
  constructor(
    override readonly description: ModelDescription,
    private readonly core: TabularCore,
    private readonly spend: (ms: number) => void,
  ) {
    super();
    this.outputs = core.outputs;
  }

  /** Distinct rows of each call, summed. */
  override get modelRows(): number {
    return this.rowsAsked;
  }

  override async background(): Promise<Table> {
    const table = await this.core.background();
    // A copy: other runs read the same rows.
    return { ...table, cells: table.cells.slice() };
  }

  override async predict(rows: Table): Promise<Float64Array> {
    const startedAt = performance.now();
    try {
      return await this.answer(rows);
    } finally {
      this.spend(performance.now() - startedAt);
    }
  }

  /** Runs of equal size, in the order of first appearance: a model that is not batch invariant then repeats itself. */
  private async answer(table: Table): Promise<Float64Array> {
    const { outputs } = this;
    const { first, placeOf } = findDistinctRows(table);
    this.rowsAsked += first.length;
    const scores = new Float64Array(first.length * outputs);
    for (let start = 0; start < first.length; start += this.core.rowsPerRun) {
      const batch = first.subarray(start, start + this.core.rowsPerRun);
      const answers = await this.core.runBatch(table, batch);
      checkFinite(answers, outputs, this.description.classes, (row) => `row ${batch[row] ?? row}`);
      scores.set(answers, start * outputs);
    }
    if (first.length === table.rows) return scores;
    const result = new Float64Array(table.rows * outputs);
    placeOf.forEach((place, row) => {
      for (let output = 0; output < outputs; output++) result[row * outputs + output] = scores[place * outputs + output] ?? 0;
    });
    return result;
  }

  override async checkGradient(straightThrough: boolean): Promise<void> {
    await this.requireGradients().check(straightThrough);
  }

  override listRounding(): Promise<readonly string[]> {
    return this.core.gradients?.listPassed() ?? Promise.resolve([]);
  }

  override async differentiate(row: Float64Array): Promise<DifferentiableInput> {
    const gradients = this.requireGradients();
    const { features, fixedRows } = this.core;
    const { output, multiLabel, classes } = this.description;
    const kind = classes.length === 0 ? 'value' : output.kind;
    const scorer = new ClassScorer(output.name, { width: this.outputs, kind, multiLabel }, classes);
    const feeding: NumberFeeding = {
      fixedRows,
      rowsPerRun: Math.min(256, this.core.rowsPerRun),
      feed: (points) => this.core.feedPoints(points),
      read: (gradient, at, length) => Float32Array.from(gradient.subarray(at * length, (at + 1) * length)),
    };
    const meter = { count: (rows: number) => void (this.rowsAsked += rows), spend: this.spend };
    return Promise.resolve(new NumberInput(gradients, feeding, scorer, Float32Array.from(row), [features.length], meter));
  }

  private requireGradients(): GradientSession {
    const { gradients } = this.core;
    if (gradients !== null) return gradients;
    const detail = `${this.description.name} reads its columns one by one, or not as floating-point numbers`;
    throw new ExplainProblem('GRADIENT_UNAVAILABLE', detail, null, 'Export the model with one input of float32 [rows, columns].');
  }
}
