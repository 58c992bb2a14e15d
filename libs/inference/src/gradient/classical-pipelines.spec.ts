import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { ScoredTarget } from '#attribution';
import { TabularModel } from '#explainers';
import { appendOutputs } from '#graph';
import { buildOnnxModel, type OnnxNode, type OnnxTensor } from '#testing';
import { GradientBench } from '../../test/gradient-bench.js';
import { OnnxModels } from '../onnx-models.js';

const bench = new GradientBench();
afterAll(() => bench.close());

/** Columns of very different sizes, as a StandardScaler has them; its `scale` is what numbers are multiplied by. */
const row = Float64Array.of(41, 0.013, -310);
const offset = [38.5, 0.01, -275];
const scale = [0.08, 120, 0.004];
const bias = [0.2, -0.1, 0.05];
const coefficients = [
  [0.9, -1.4, 0.6],
  [-0.5, 0.3, 1.1],
  [0.2, 0.8, -1.3],
];

type Vector = readonly number[];

/** What a pipeline answers, and the slope of each of its numbers for each column, in closed form. */
interface Answer {
  readonly values: Vector;
  readonly slopes: readonly Vector[];
}

const dot = (one: Vector, other: Vector) => one.reduce((sum, value, at) => sum + value * (other[at] ?? NaN), 0);
const times = (vector: Vector, factor: number) => vector.map((value) => value * factor);
const plus = (one: Vector, other: Vector) => one.map((value, at) => value + (other[at] ?? NaN));

function linear(sets: readonly Vector[], shifts: Vector): Answer {
  const scaled = [...row].map((cell, at) => (cell - (offset[at] ?? NaN)) * (scale[at] ?? NaN));
  return {
    values: sets.map((set, at) => dot(set, scaled) + (shifts[at] ?? 0)),
    slopes: sets.map((set) => set.map((value, at) => value * (scale[at] ?? NaN))),
  };
}

function logistic({ values: [score = NaN], slopes: [slope = []] }: Answer): Answer {
  const p = 1 / (1 + Math.exp(-score));
  return { values: [1 - p, p], slopes: [times(slope, -p * (1 - p)), times(slope, p * (1 - p))] };
}

function softmax({ values, slopes }: Answer): Answer {
  const sum = values.reduce((total, value) => total + Math.exp(value), 0);
  const shares = values.map((value) => Math.exp(value) / sum);
  const mean = slopes.reduce((total, slope, at) => plus(total, times(slope, shares[at] ?? NaN)), [0, 0, 0]);
  return { values: shares, slopes: slopes.map((slope, at) => times(plus(slope, times(mean, -1)), shares[at] ?? NaN)) };
}

/** Of one number m for two classes: -m and m. */
function paired({ values: [value = NaN], slopes: [slope = []] }: Answer): Answer {
  return { values: [-value, value], slopes: [times(slope, -1), slope] };
}

interface Pipeline {
  readonly kind: 'probabilities' | 'margin' | 'value';
  readonly classes: Vector;
  /** From `scaled` to `scores`. */
  readonly nodes: readonly OnnxNode[];
  readonly tensors?: readonly OnnxTensor[];
  readonly answer: Answer;
}

const classifier = (sets: readonly Vector[], shifts: Vector, transform: string, output = 'scores'): OnnxNode => ({
  op: 'LinearClassifier',
  domain: 'ai.onnx.ml',
  inputs: ['scaled'],
  outputs: ['label', output],
  attributes: {
    coefficients: sets.flat(),
    intercepts: shifts,
    classlabels_ints: { ints: Array.from({ length: Math.max(2, sets.length) }, (_, at) => at) },
    post_transform: transform,
  },
});
const [first = [], second = []] = coefficients;
const one = [first];
const both = [times(first, -1), first];
const matrix = (name: string, rows: readonly Vector[]): OnnxTensor => {
  return { name, type: 'float32', shape: [rows.length, rows[0]?.length ?? 0], values: rows.flat() };
};

/** A perceptron of three hidden units, one of which is on. */
function perceptron(): Pipeline {
  const hidden = linear(coefficients, bias);
  const on = hidden.values.map((value) => Math.max(0, value));
  const weights = [0.7, -1.2, 0.4];
  const slope = hidden.slopes.reduce(
    (total, slopes, at) => plus(total, times(slopes, (on[at] ?? 0) > 0 ? (weights[at] ?? NaN) : 0)),
    [0, 0, 0],
  );
  return {
    kind: 'probabilities',
    classes: [0, 1],
    nodes: [
      { op: 'Cast', inputs: ['scaled'], outputs: ['cast'], attributes: { to: { int: 1 } } },
      { op: 'MatMul', inputs: ['cast', 'first'], outputs: ['product'] },
      { op: 'Add', inputs: ['product', 'bias'], outputs: ['sum'] },
      { op: 'Relu', inputs: ['sum'], outputs: ['hidden'] },
      { op: 'MatMul', inputs: ['hidden', 'second'], outputs: ['last'] },
      { op: 'Sigmoid', inputs: ['last'], outputs: ['positive'] },
      { op: 'Sub', inputs: ['unity', 'positive'], outputs: ['negative'] },
      { op: 'Concat', inputs: ['negative', 'positive'], outputs: ['scores'], attributes: { axis: { int: 1 } } },
      { op: 'ArgMax', inputs: ['scores'], outputs: ['place'], attributes: { axis: { int: 1 } } },
      { op: 'ArrayFeatureExtractor', domain: 'ai.onnx.ml', inputs: ['names', 'place'], outputs: ['picked'] },
      { op: 'Reshape', inputs: ['picked', 'list'], outputs: ['label'] },
    ],
    tensors: [
      matrix(
        'first',
        [0, 1, 2].map((at) => coefficients.map((set) => set[at] ?? NaN)),
      ),
      matrix('bias', [bias]),
      matrix(
        'second',
        weights.map((weight) => [weight]),
      ),
      { name: 'unity', type: 'float32', shape: [], values: [1] },
      { name: 'names', type: 'int64', shape: [2], values: [0, 1] },
      { name: 'list', type: 'int64', shape: [1], values: [-1] },
    ],
    answer: logistic({ values: [dot(weights, on)], slopes: [slope] }),
  };
}

/** As skl2onnx 1.20 writes them of a StandardScaler before a model. */
const pipelines: Readonly<Record<string, Pipeline>> = {
  'LogisticRegression of two classes': {
    kind: 'probabilities',
    classes: [0, 1],
    nodes: [classifier(both, [-0.2, 0.2], 'LOGISTIC')],
    answer: logistic(linear(one, bias)),
  },
  'LogisticRegression of two classes, one set of coefficients': {
    kind: 'probabilities',
    classes: [0, 1],
    nodes: [classifier(one, [0.2], 'LOGISTIC')],
    answer: logistic(linear(one, bias)),
  },
  'LogisticRegression of three classes': {
    kind: 'probabilities',
    classes: [0, 1, 2],
    nodes: [
      classifier(coefficients, bias, 'SOFTMAX', 'shares'),
      { op: 'Normalizer', domain: 'ai.onnx.ml', inputs: ['shares'], outputs: ['scores'], attributes: { norm: 'L1' } },
    ],
    answer: softmax(linear(coefficients, bias)),
  },
  MLPClassifier: perceptron(),
  'LinearSVC of three classes': {
    kind: 'margin',
    classes: [0, 1, 2],
    nodes: [classifier(coefficients, bias, 'NONE')],
    answer: linear(coefficients, bias),
  },
  'RidgeClassifier of two classes': {
    kind: 'margin',
    classes: [0, 1],
    nodes: [
      classifier(both, [-0.2, 0.2], 'NONE', 'raw'),
      { op: 'ArrayFeatureExtractor', domain: 'ai.onnx.ml', inputs: ['raw', 'place'], outputs: ['scores'] },
    ],
    tensors: [{ name: 'place', type: 'int64', shape: [1], values: [1] }],
    answer: paired(linear(one, bias)),
  },
  LinearRegression: {
    kind: 'value',
    classes: [],
    nodes: [
      {
        op: 'LinearRegressor',
        domain: 'ai.onnx.ml',
        inputs: ['scaled'],
        outputs: ['scores'],
        attributes: { coefficients: second, intercepts: [bias[1] ?? NaN] },
      },
    ],
    answer: linear([second], bias.slice(1)),
  },
};

/** @param zipped whether the answer is a list of maps, of a model that imports as little as it needs */
async function write({ kind, classes, nodes, tensors = [] }: Pipeline, zipped: boolean): Promise<string> {
  const outputs = [
    ...(classes.length === 0 ? [] : [{ name: 'label', type: 'int64' as const, shape: ['rows'] }]),
    ...(zipped ? [] : [{ name: 'scores', type: 'float32' as const, shape: null }]),
  ];
  const maps: OnnxNode = {
    op: 'ZipMap',
    domain: 'ai.onnx.ml',
    inputs: ['scores'],
    outputs: ['maps'],
    attributes: { classlabels_int64s: { ints: classes } },
  };
  const graph = {
    inputs: [{ name: 'X', type: 'float32' as const, shape: ['rows', 3] }],
    outputs,
    tensors,
    nodes: [
      { op: 'Scaler', domain: 'ai.onnx.ml', inputs: ['X'], outputs: ['scaled'], attributes: { offset, scale } },
      ...nodes,
      ...(zipped ? [maps] : []),
    ],
  };
  const onnx = buildOnnxModel(graph, { opset: zipped ? 9 : 17 });
  const manifest = {
    ...{ manifest: 1, name: 'toy', task: kind === 'value' ? 'tabular-regression' : 'tabular-classification' },
    ...(classes.length === 0 ? {} : { classes: classes.map(String) }),
    features: ['a', 'b', 'c'].map((name) => ({ name, kind: 'numeric' })),
    output: { name: zipped ? 'maps' : 'scores', kind },
  };
  // The builder declares tensors alone; a list of maps is declared by its name.
  return bench.write({ 'model.onnx': zipped ? appendOutputs(onnx, ['maps']) : onnx, 'model.json': JSON.stringify(manifest) });
}

const spaces = { probabilities: ['probability', 'log-probability', 'log-odds'], margin: ['margin'], value: ['value'] } as const;

/** Slopes of what is explained, by those of what the model answers. */
function slopeOf({ values, slopes }: Answer, { space, index }: ScoredTarget): Vector {
  const [value, slope] = [values[index] ?? NaN, slopes[index] ?? []];
  if (space === 'log-probability') return times(slope, 1 / value);
  return space === 'log-odds' ? times(slope, 1 / (value * (1 - value))) : slope;
}

describe('pipelines of scikit-learn', () => {
  const cases = Object.entries(pipelines).flatMap(([name, pipeline]) =>
    (pipeline.kind === 'probabilities' ? [false, true] : [false]).map((zipped) => [name, zipped, pipeline] as const),
  );
  it.each(cases)('%s, zipped %p: the gradient is that of the closed form', async (_name, zipped, pipeline) => {
    const { answer, kind } = pipeline;
    const model = await bench.open(await write(pipeline, zipped));
    if (!(model instanceof TabularModel)) throw new Error('a tabular model');
    const scores = await model.predict({ rows: 1, columns: 3, cells: row });
    answer.values.forEach((value, at) => expect(scores[at]).toBeCloseTo(value, 5));
    const input = await model.differentiate(row);
    for (const space of spaces[kind])
      for (const index of answer.values.keys()) {
        const target = { space, index, against: null };
        const { gradients } = await input.evaluate([input.values], target);
        const found = gradients[0];
        slopeOf(answer, target).forEach((slope, column) =>
          expect([space, index, column, Math.abs((found?.[column] ?? NaN) / slope - 1) < 1e-4]).toEqual([space, index, column, true]),
        );
      }
  });

  it.each(['log-probability', 'log-odds'] as const)('have a gradient of %s beside a class that is sure', async (space) => {
    const shifts = [-60, 0, 60];
    const answer = softmax(linear(coefficients, shifts));
    const model = await bench.open(
      await write({ kind: 'probabilities', classes: [0, 1, 2], nodes: [classifier(coefficients, shifts, 'SOFTMAX')], answer }, false),
    );
    if (!(model instanceof TabularModel)) throw new Error('a tabular model');
    expect([...(await model.predict({ rows: 1, columns: 3, cells: row }))].map((p) => p === 0 || p === 1)).toEqual([true, false, true]);
    const input = await model.differentiate(row);
    const target = { space, index: 1, against: null };
    const { gradients } = await input.evaluate([input.values], target);
    slopeOf(answer, target).forEach((slope, column) => expect((gradients[0]?.[column] ?? NaN) / slope).toBeCloseTo(1, 4));
  });

  it('have a gradient by their capabilities, through a ZipMap too', async () => {
    const pipeline = pipelines['LogisticRegression of two classes'];
    if (pipeline === undefined) throw new Error('a pipeline');
    const { capabilities } = await new OnnxModels().probe({ folder: await write(pipeline, true), name: 'toy', version: '1' });
    expect(capabilities.differentiable).toMatchObject({ exact: true, rounded: 0 });
  });

  it('that end in trees are refused by the name of the operator, through a ZipMap too', async () => {
    const folder = join(new URL('../../../../', import.meta.url).pathname, 'test/models/adult-lightgbm-zipmap');
    const { capabilities } = await new OnnxModels().probe({ folder, name: 'toy', version: '1' });
    expect(capabilities.differentiable).toMatchObject({
      reason: expect.stringContaining('TreeEnsembleClassifier') as unknown,
      remedy: expect.stringContaining('exact-shap') as unknown,
    });
  });
});
