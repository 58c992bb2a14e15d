import { Tensor } from 'onnxruntime-node';
import { ExplainProblem, type FeatureColumn, type Table } from '#explainers';
import type { Feeds } from '../session/onnx-session.js';
import type { InputTensor, TabularInputs } from './tabular-inputs.js';

/**
 * Feeds of one batch. A number that the graph's type cannot hold is refused, not bent.
 *
 * @param rows places in the table, in the order of the batch
 * @throws ExplainProblem COLUMN_TYPE or CATEGORY_UNKNOWN that names the column
 */
export function feedRows({ tensors }: TabularInputs, features: readonly FeatureColumn[], table: Table, rows: Int32Array): Feeds {
  return Object.fromEntries(tensors.map((tensor) => [tensor.name, writeTensor(tensor, features, table, rows)]));
}

function writeTensor(input: InputTensor, features: readonly FeatureColumn[], table: Table, rows: Int32Array): Tensor {
  const { columns, type } = input;
  const shape = input.rank === 1 ? [rows.length] : [rows.length, columns.length];
  const size = rows.length * columns.length;
  const fill = (write: (at: number, cell: number, feature: FeatureColumn) => void): void => {
    columns.forEach((column, place) => {
      const feature = features[column];
      if (feature === undefined) throw new RangeError(`the table has no column ${column}`);
      rows.forEach((row, index) => {
        const cell = table.cells[row * table.columns + column] ?? NaN;
        if (feature.categories !== undefined) checkCode(feature, feature.categories, cell);
        write(index * columns.length + place, cell, feature);
      });
    });
  };
  switch (type) {
    case 'float32': {
      const data = new Float32Array(size);
      fill((at, cell, feature) => {
        if (Number.isFinite(cell) && !Number.isFinite(Math.fround(cell))) throw unfit(feature, cell, 'is beyond the range of float32');
        data[at] = cell;
      });
      return new Tensor('float32', data, shape);
    }
    case 'float64': {
      const data = new Float64Array(size);
      fill((at, cell) => void (data[at] = cell));
      return new Tensor('float64', data, shape);
    }
    case 'int64': {
      const data = new BigInt64Array(size);
      fill((at, cell, feature) => {
        if (!Number.isSafeInteger(cell)) throw unfit(feature, cell, 'is no whole number');
        data[at] = BigInt(cell);
      });
      return new Tensor('int64', data, shape);
    }
    case 'int32': {
      const data = new Int32Array(size);
      fill((at, cell, feature) => {
        if ((cell | 0) !== cell) throw unfit(feature, cell, 'is no whole number of 32 bits');
        data[at] = cell;
      });
      return new Tensor('int32', data, shape);
    }
    case 'bool': {
      const data = new Uint8Array(size);
      fill((at, cell, feature) => {
        if (cell !== 0 && cell !== 1) throw unfit(feature, cell, 'is neither 0 nor 1');
        data[at] = cell;
      });
      return new Tensor('bool', data, shape);
    }
    case 'string': {
      const data = new Array<string>(size).fill('');
      fill((at, cell, feature) => void (data[at] = feature.categories?.[cell] ?? ''));
      return new Tensor('string', data, shape);
    }
  }
}

function checkCode(feature: FeatureColumn, categories: readonly string[], cell: number): void {
  if (categories[cell] === undefined)
    throw new ExplainProblem(
      'CATEGORY_UNKNOWN',
      `${cell} is the code of no category of column ${feature.name}, which has ${categories.length}`,
    );
}

function unfit(feature: FeatureColumn, cell: number, what: string): ExplainProblem {
  return new ExplainProblem('COLUMN_TYPE', `${cell} in column ${feature.name} ${what}, and that is what the model reads`);
}
