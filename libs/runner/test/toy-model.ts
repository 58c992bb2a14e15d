import { TabularModel, type ModelDescription, type Table } from '#explainers';
import { ModelSource, type OpenModel } from '../src/model-source.js';
import type { ProbedModel, ProbeOrder } from '../src/runner.js';

export const toyDescription: ModelDescription = {
  name: 'toy',
  version: '1',
  sha256: '0'.repeat(64),
  task: 'tabular-regression',
  classes: [],
  multiLabel: false,
  output: { name: 'y', kind: 'value' },
  features: [
    { name: 'a', kind: 'numeric' },
    { name: 'b', kind: 'numeric' },
  ],
  maxTokens: null,
  maskToken: null,
  backgroundRows: 1,
  batchInvariant: true,
};

let predictions = 0;

export class ToyModel extends TabularModel {
  readonly description = toyDescription;
  readonly outputs = 1;
  /** Predictions this process had made before this run. */
  readonly before = predictions;
  modelRows = 0;

  async predict(table: Table): Promise<Float64Array> {
    predictions += 1;
    this.modelRows += table.rows;
    return Promise.resolve(
      Float64Array.from({ length: table.rows }, (_, row) => 2 * (table.cells[row * 2] ?? 0) + (table.cells[row * 2 + 1] ?? 0)),
    );
  }

  async background(): Promise<Table> {
    return Promise.resolve({ rows: 1, columns: 2, cells: new Float64Array(2) });
  }
}

/** f(a, b) = 2a + b, without any runtime. */
export class ToyModelSource extends ModelSource {
  readonly runtime = {
    onnxruntime: 'none',
    executionProvider: 'none',
    graphOptimization: 'none',
    executionMode: 'sequential',
    intraOpThreads: 1,
    interOpThreads: 1,
    int8Sums: 'none',
  };

  async open(): Promise<OpenModel> {
    return Promise.resolve({ forRun: () => new ToyModel(), modelMs: 0, close: async () => Promise.resolve() });
  }

  async probe(order: ProbeOrder): Promise<ProbedModel> {
    if (order.name === 'crash') process.abort();
    return Promise.resolve({
      description: { ...toyDescription, name: order.name, version: order.version },
      files: [],
      capabilities: { pid: process.pid },
    });
  }
}
