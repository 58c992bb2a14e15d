import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { buildOnnxModel, slowModel } from '#testing';
import { countOperators } from './count-operators.js';
import { findZipMaps } from './find-zip-maps.js';
import { readClassLabels } from './read-class-labels.js';
import { readModelGraph } from './read-model-graph.js';
import { traceOutput } from './trace-output.js';

const zipMapped = readModelGraph(readFileSync(new URL('../../../test/models/adult-lightgbm-zipmap/model.onnx', import.meta.url)));

describe('findZipMaps', () => {
  it('finds the tensor that goes into a list of maps', () => {
    expect(findZipMaps(zipMapped)).toEqual([{ output: 'probabilities', scores: 'lgbmprobabilities', labels: ['0', '1'] }]);
  });

  it('finds none where probabilities are a tensor', () => {
    const plain = readModelGraph(readFileSync(new URL('../../../models/adult-lightgbm/model.onnx', import.meta.url)));
    expect(findZipMaps(plain)).toEqual([]);
  });
});

describe('traceOutput', () => {
  it('finds the classifier behind ZipMap and Cast', () => {
    const maker = traceOutput(zipMapped, 'probabilities');
    expect(maker?.opType).toBe('TreeEnsembleClassifier');
    expect(maker && readClassLabels(maker)).toEqual(['0', '1']);
  });

  it('ends at an input, and in a graph that runs in a circle', () => {
    const ports = { inputs: [{ name: 'x', type: 'float32', shape: [1] }], outputs: [{ name: 'y', type: 'float32', shape: [1] }] } as const;
    const straight = readModelGraph(buildOnnxModel({ ...ports, nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }] }));
    expect(traceOutput(straight, 'y')).toBeNull();
    const hops = ['x', 'a', 'b', 'c', 'd'];
    const long = readModelGraph(
      buildOnnxModel({
        ...ports,
        nodes: [
          { op: 'Abs', inputs: ['x'], outputs: ['a'] },
          ...hops.slice(1).map((name, at) => ({ op: 'Cast', inputs: [name], outputs: [hops[at + 2] ?? 'y'] })),
        ],
      }),
    );
    expect(traceOutput(long, 'y')?.opType).toBe('Abs');
    const circle = readModelGraph(buildOnnxModel({ ...ports, nodes: [{ op: 'Identity', inputs: ['y'], outputs: ['y'] }] }));
    expect(traceOutput(circle, 'y')?.opType).toBe('Identity');
  });
});

describe('countOperators', () => {
  it('counts inside loops too, and names foreign domains', () => {
    expect(countOperators(readModelGraph(slowModel().onnx))).toMatchObject({ Loop: 1, MatMul: 1, Mul: 3 });
    expect(countOperators(zipMapped)).toMatchObject({ 'ai.onnx.ml:TreeEnsembleClassifier': 1, 'ai.onnx.ml:ZipMap': 1 });
  });
});
