import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { buildOnnxModel, type OnnxGraph } from '#testing';
import { GraphProblem } from './graph-problem.js';
import { readModelGraph } from './read-model-graph.js';

const readModel = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url));

const doubled: OnnxGraph = {
  inputs: [
    { name: 'x', type: 'float32', shape: ['rows', 2] },
    { name: 'scale', type: 'float32', shape: [2] },
  ],
  outputs: [{ name: 'y', type: 'float32', shape: ['rows', 2] }],
  tensors: [{ name: 'scale', type: 'float32', shape: [2], values: [1.5, 2.5] }],
  nodes: [{ op: 'Mul', inputs: ['x', 'scale'], outputs: ['y'], attributes: { note: 'é', floats: [0.5], ints: { ints: [2 ** 40, -1] } } }],
};

describe('readModelGraph', () => {
  it('reads the ports of a transformer', () => {
    const graph = readModelGraph(readModel('models/sst2-minilm/model.onnx'));
    expect(graph.inputs).toEqual(
      ['input_ids', 'attention_mask', 'token_type_ids'].map((name) => ({
        name,
        kind: 'tensor',
        elementType: 'int64',
        shape: ['batch', 'sequence'],
      })),
    );
    expect(graph.outputs).toEqual([{ name: 'logits', kind: 'tensor', elementType: 'float32', shape: ['batch', 2] }]);
    expect([graph.irVersion, graph.opsets.get(''), graph.producer.name]).toEqual([8, 17, 'pytorch']);
    expect(graph.externalFiles).toEqual([]);
  });

  it('leaves the weights where they are', () => {
    const bytes = readModel('models/sst2-minilm/model.onnx');
    const graph = readModelGraph(bytes);
    const stored = [...graph.initializers.values()].flatMap(({ raw }) => raw ?? []);
    expect(stored.every((raw) => raw.buffer === bytes.buffer)).toBe(true);
    expect(stored.reduce((sum, raw) => sum + raw.length, 0)).toBeGreaterThan(0.98 * bytes.length);
  });

  it('hands out views whose slices are copies, also of a Buffer', () => {
    const bytes = Buffer.from(buildOnnxModel(doubled));
    const raw = readModelGraph(bytes).initializers.get('scale')?.raw;
    expect(raw?.constructor).toBe(Uint8Array);
    raw?.slice(0, 4).fill(0);
    expect(new DataView(raw?.slice().buffer ?? new ArrayBuffer(8)).getFloat32(0, true)).toBe(1.5);
  });

  it('does not ask for an input that has a value', () => {
    expect(readModelGraph(buildOnnxModel(doubled)).inputs.map(({ name }) => name)).toEqual(['x']);
  });

  it('reads attributes by their type', () => {
    const [node] = readModelGraph(buildOnnxModel(doubled)).nodes;
    expect(node?.attributes).toEqual(
      new Map([
        ['note', { kind: 'string', value: 'é' }],
        ['floats', { kind: 'floats', value: [0.5] }],
        ['ints', { kind: 'ints', value: [2n ** 40n, -1n] }],
      ]),
    );
  });

  it('reads the operators and labels of a tree ensemble', () => {
    const graph = readModelGraph(readModel('models/adult-lightgbm/model.onnx'));
    const trees = graph.nodes.find((node) => node.opType === 'TreeEnsembleClassifier');
    expect(trees?.domain).toBe('ai.onnx.ml');
    expect(trees?.attributes.get('post_transform')).toEqual({ kind: 'string', value: 'LOGISTIC' });
  });

  it('lists the files that hold weights, those of branches too', () => {
    const stored = (name: string, location: string) =>
      ({ name, type: 'float32', shape: [2], values: { location, offset: 8, length: 8 } }) as const;
    const branch: OnnxGraph = {
      inputs: [],
      outputs: [{ name: 'b', type: 'float32', shape: [2] }],
      nodes: [{ op: 'Identity', inputs: ['w'], outputs: ['b'] }],
      tensors: [stored('w', 'deep/b.bin')],
    };
    const graph = readModelGraph(
      buildOnnxModel({
        ...doubled,
        tensors: [stored('scale', 'a.bin')],
        nodes: [{ op: 'If', inputs: ['x'], outputs: ['y'], attributes: { then_branch: branch, else_branch: branch } }],
      }),
    );
    expect(graph.externalFiles).toEqual(['a.bin', 'deep/b.bin']);
    expect(graph.initializers.get('scale')).toMatchObject({ external: { location: 'a.bin', offset: 8, length: 8 }, raw: null });
  });

  it.each(['../weights.bin', '/etc/passwd', 'a/../../b', 'C:\\x', '', 'a//b', './a'])('refuses weights in %j', (location) => {
    const bytes = buildOnnxModel({
      ...doubled,
      tensors: [{ name: 'scale', type: 'float32', shape: [2], values: { location, offset: 0, length: 8 } }],
    });
    expect(() => readModelGraph(bytes)).toThrow(expect.objectContaining({ code: 'EXTERNAL_DATA_INVALID' }));
  });

  it('says that a file without a graph has none', () => {
    expect(() => readModelGraph(new Uint8Array())).toThrow(GraphProblem);
    expect(() => readModelGraph(new Uint8Array([8, 8]))).toThrow(expect.objectContaining({ code: 'NO_GRAPH' }));
  });
});
