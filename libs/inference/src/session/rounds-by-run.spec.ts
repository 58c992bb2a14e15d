import { afterAll, expect, it } from '@jest/globals';
import { TabularModel, type Table } from '#explainers';
import { buildOnnxModel } from '#testing';
import { GradientBench } from '../../test/gradient-bench.js';

const bench = new GradientBench();
afterAll(() => bench.close());

const columns = ['a', 'b', 'c'];
/** As dynamic quantisation leaves a product: the scale of what it reads is found anew in each run. */
const onnx = buildOnnxModel({
  inputs: [{ name: 'x', type: 'float32', shape: ['rows', 3] }],
  outputs: [{ name: 'logits', type: 'float32', shape: ['rows', 2] }],
  tensors: [
    { name: 'W', type: 'int8', shape: [3, 2], values: [90, -20, 35, 71, -54, 12] },
    { name: 'small', type: 'float32', shape: [], values: [0.01] },
  ],
  nodes: [
    { op: 'DynamicQuantizeLinear', inputs: ['x'], outputs: ['bytes', 'scale', 'zero'] },
    { op: 'MatMulInteger', inputs: ['bytes', 'W', 'zero'], outputs: ['product'] },
    { op: 'Cast', inputs: ['product'], outputs: ['wide'], attributes: { to: { int: 1 } } },
    { op: 'Mul', inputs: ['scale', 'small'], outputs: ['unit'] },
    { op: 'Mul', inputs: ['wide', 'unit'], outputs: ['logits'] },
  ],
});
const manifest = {
  ...{ manifest: 1, name: 'toy', task: 'tabular-classification', classes: ['no', 'yes'] },
  features: columns.map((name) => ({ name, kind: 'numeric', min: -1, max: 1 })),
  output: { name: 'logits', kind: 'logits' },
};

const table = (...rows: readonly (readonly number[])[]): Table => ({
  rows: rows.length,
  columns: 3,
  cells: Float64Array.from(rows.flat()),
});
const [near, far] = [
  [0.31, -0.22, 0.87],
  [40, 3, -17],
];

async function open(): Promise<TabularModel> {
  const model = await bench.open(await bench.write({ 'model.onnx': onnx, 'model.json': JSON.stringify(manifest) }));
  if (!(model instanceof TabularModel)) throw new Error('a tabular model');
  return model;
}

it('a model that rounds by the largest number of a run answers each row as if it were alone', async () => {
  const model = await open();
  expect(model.description.batchInvariant).toBe(true);
  const [alone, together] = [await model.predict(table(near)), await model.predict(table(far, near))];
  expect([...together.subarray(2)]).toEqual([...alone]);
});

it('and so do its points on the way to a gradient', async () => {
  const model = await open();
  const input = await model.differentiate(Float64Array.from(near));
  const target = { space: 'logit', index: 1, against: null, straightThrough: true } as const;
  const [score] = await model.predict(table(near)).then((answer) => answer.subarray(1, 2));
  const points = [Float32Array.from(far), Float32Array.from(near)];
  expect((await input.score(points, target))[1]).toBeCloseTo(score ?? NaN, 6);
  const { scores, gradients } = await input.evaluate(points, target);
  expect(scores[1]).toBeCloseTo(score ?? NaN, 6);
  // The weights, 0.01 each: what rounds is passed.
  [-0.2, 0.71, 0.12].forEach((slope, column) => expect(gradients[1]?.[column]).toBeCloseTo(slope, 5));
});
