import { TabularModel, type DifferentiableInput, type ModelDescription, type Table } from '#explainers';
import { FormulaInput, type Formula } from './formula-input.js';

export interface FormulaModelOptions {
  /** Rows of the model's own background. */
  readonly background?: readonly (readonly number[])[];
  /** Columns that hold codes of the categories a, b and c. */
  readonly coded?: readonly number[];
}

/** A classifier of rows whose logits are formulas of the columns. */
export class FormulaModel extends TabularModel {
  override readonly description: ModelDescription;
  override readonly outputs: number;
  override modelRows = 0;
  /** What `differentiate` gave last. */
  input: FormulaInput | null = null;
  private readonly rows: readonly (readonly number[])[];

  constructor(
    private readonly formulas: readonly Formula[],
    private readonly columns: number,
    { background = [], coded = [] }: FormulaModelOptions = {},
  ) {
    super();
    this.outputs = formulas.length;
    this.rows = background;
    this.description = {
      name: 'formula',
      version: '1',
      sha256: '0'.repeat(64),
      task: 'tabular-classification',
      classes: formulas.map((_, index) => `class ${index}`),
      multiLabel: false,
      output: { name: 'logits', kind: 'logits' },
      features: Array.from({ length: columns }, (_, at) =>
        coded.includes(at) ? { name: `x${at}`, kind: 'categorical', categories: ['a', 'b', 'c'] } : { name: `x${at}`, kind: 'numeric' },
      ),
      maxTokens: null,
      maskToken: null,
      backgroundRows: background.length,
      batchInvariant: true,
    };
  }

  /** A row as an input. */
  row(...cells: readonly (number | string)[]): { readonly features: Readonly<Record<string, number | string>> } {
    return { features: Object.fromEntries(cells.map((cell, at) => [`x${at}`, cell])) };
  }

  override predict({ rows, columns, cells }: Table): Promise<Float64Array> {
    this.modelRows += rows;
    return Promise.resolve(
      Float64Array.from({ length: rows * this.outputs }, (_, at) => {
        const row = Math.floor(at / this.outputs);
        return this.formulas[at % this.outputs]?.score(Float32Array.from(cells.subarray(row * columns, (row + 1) * columns))) ?? NaN;
      }),
    );
  }

  override background(): Promise<Table> {
    return Promise.resolve({ rows: this.rows.length, columns: this.columns, cells: Float64Array.from(this.rows.flat()) });
  }

  override differentiate(row: Float64Array): Promise<DifferentiableInput> {
    this.input = new FormulaInput(this.formulas, Float32Array.from(row), [row.length], (points) => (this.modelRows += points));
    return Promise.resolve(this.input);
  }
}
