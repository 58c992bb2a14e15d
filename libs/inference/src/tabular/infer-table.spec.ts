import { describe, expect, it } from '@jest/globals';
import { readModelGraph } from '#graph';
import { buildOnnxModel, type OnnxGraph, type OnnxNode, type OnnxPort } from '#testing';
import { inferColumns, inferTableTask } from './infer-table.js';

const matrix: OnnxPort = { name: 'float_input', type: 'float32', shape: ['rows', 3] };
const column = (name: string, type: OnnxPort['type'] = 'float32'): OnnxPort => ({ name, type, shape: ['rows', 1] });
const read = (graph: Partial<OnnxGraph>) =>
  readModelGraph(buildOnnxModel({ inputs: [matrix], outputs: [{ name: 'y', type: 'float32', shape: ['rows', 1] }], nodes: [], ...graph }));
const made = (op: string, attributes: OnnxNode['attributes'] = {}) => [
  { op, domain: 'ai.onnx.ml', inputs: ['float_input'], outputs: ['y'], attributes },
];

// What skl2onnx and onnxmltools call their operators: https://onnx.ai/onnx/operators/#ai-onnx-ml
describe('the task of a graph without a manifest', () => {
  it.each<[string, Partial<OnnxGraph>, string]>([
    ['trees that regress', { nodes: made('TreeEnsembleRegressor') }, 'tabular-regression'],
    ['a line', { nodes: made('LinearRegressor') }, 'tabular-regression'],
    ['a classifier with labels', { nodes: made('LinearClassifier', { classlabels_ints: { ints: [0, 1] } }) }, 'tabular-classification'],
    ['a ZipMap', { nodes: made('ZipMap', { classlabels_strings: { texts: ['no', 'yes'] } }) }, 'tabular-classification'],
  ])('is read from %s', (_what, graph, task) => {
    expect(inferTableTask(read(graph))).toBe(task);
  });

  it('is asked for where the operators do not say it', () => {
    expect(() => inferTableTask(read({ nodes: made('Scaler') }))).toThrow(
      expect.objectContaining({ code: 'MODEL_UNSUPPORTED', remedy: expect.stringContaining('model.json') }),
    );
  });
});

describe('the columns of a graph without a manifest', () => {
  it('are numbered where one input holds all of them', () => {
    expect(inferColumns(read({})).map(({ name, kind }) => [name, kind])).toEqual([
      ['f0', 'numeric'],
      ['f1', 'numeric'],
      ['f2', 'numeric'],
    ]);
  });

  it('are the inputs where each is one', () => {
    expect(inferColumns(read({ inputs: [column('age'), column('hours', 'int64')] })).map(({ name }) => name)).toEqual(['age', 'hours']);
    expect(inferColumns(read({ inputs: [column('age')] })).map(({ name }) => name)).toEqual(['age']);
  });

  it.each<[string, readonly OnnxPort[], RegExp]>([
    ['one is text', [column('age'), column('plan', 'string')], /input plan holds text/],
    ['their number is not given', [{ ...matrix, shape: ['rows', 'columns'] }], /does not say how many columns/],
    ['nothing is read', [], /reads nothing/],
  ])('are asked for where %s', (_what, inputs, detail) => {
    expect(() => inferColumns(read({ inputs }))).toThrow(
      expect.objectContaining({
        code: 'MODEL_UNSUPPORTED',
        detail: expect.stringMatching(detail),
        remedy: expect.stringContaining('features'),
      }),
    );
  });
});
