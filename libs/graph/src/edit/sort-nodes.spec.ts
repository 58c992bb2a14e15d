import { describe, expect, it } from '@jest/globals';
import { InferenceSession } from 'onnxruntime-node';
import { buildOnnxModel, type OnnxGraph, type OnnxNode } from '#testing';
import { floats } from '../../test/compare-lowered.js';
import { readModelGraph } from '../read-model-graph.js';
import { sortNodes } from './sort-nodes.js';

const node = (op: string, inputs: readonly string[], output: string): OnnxNode => ({ op, inputs, outputs: [output] });
const branch = (name: string, op: string): OnnxGraph => ({
  inputs: [],
  outputs: [{ name, type: 'float32', shape: null }],
  nodes: [node(op, ['second'], name)],
});
/** In order. */
const nodes: readonly OnnxNode[] = [
  node('Mul', ['x', 'w'], 'first'),
  node('Tanh', ['first'], 'second'),
  node('Clip', ['first', '', ''], 'third'),
  { ...node('If', ['flag'], 'chosen'), attributes: { then_branch: branch('a', 'Exp'), else_branch: branch('b', 'Neg') } },
  node('Add', ['chosen', 'third'], 'sum'),
  node('Sub', ['sum', 'second'], 'y'),
];
const build = (order: readonly number[]) =>
  buildOnnxModel({
    inputs: [{ name: 'x', type: 'float32', shape: ['rows', 3] }],
    outputs: [{ name: 'y', type: 'float32', shape: null }],
    tensors: [
      { name: 'w', type: 'float32', shape: [3], values: [0.5, -1.25, 2] },
      { name: 'flag', type: 'bool', shape: [], values: [1] },
    ],
    nodes: order.flatMap((place) => nodes[place] ?? []),
  });
const sort = (onnx: Uint8Array) => sortNodes(onnx, readModelGraph(onnx));
const operators = (onnx: Uint8Array) => readModelGraph(onnx).nodes.map(({ opType }) => opType);

async function run(onnx: Uint8Array) {
  const session = await InferenceSession.create(onnx, { graphOptimizationLevel: 'disabled', intraOpNumThreads: 1, logSeverityLevel: 4 });
  try {
    return (await session.run({ x: floats([4, 3]) }))['y']?.data;
  } finally {
    await session.release();
  }
}

describe('sortNodes', () => {
  it('leaves what is in order, to the byte', () => {
    const onnx = build([0, 1, 2, 3, 4, 5]);
    expect(sort(onnx)).toBe(onnx);
    const other = build([0, 2, 1, 3, 4, 5]);
    expect(sort(other)).toBe(other);
  });

  it.each([[[5, 4, 3, 2, 1, 0]], [[3, 0, 1, 2, 4, 5]], [[0, 5, 1, 4, 2, 3]], [[4, 2, 5, 0, 3, 1]]])(
    'puts %j in order, branches behind what they take from around them, and changes no bit of the answer',
    async (order) => {
      const onnx = build(order);
      const sorted = sort(onnx);
      const found = readModelGraph(sorted).nodes;
      const place = (output: string) => found.findIndex(({ outputs }) => outputs.includes(output));
      expect(found).toHaveLength(6);
      for (const [before, behind] of [
        ['first', 'second'],
        ['first', 'third'],
        ['second', 'chosen'],
        ['chosen', 'sum'],
        ['third', 'sum'],
        ['sum', 'y'],
      ] as const)
        expect([before, behind, place(before) < place(behind)]).toEqual([before, behind, true]);
      expect(await run(sorted)).toEqual(await run(build([0, 1, 2, 3, 4, 5])));
    },
  );

  it('moves no more than it has to', () => {
    expect(operators(sort(build([1, 0, 2, 3, 4, 5])))).toEqual(['Mul', 'Tanh', 'Clip', 'If', 'Add', 'Sub']);
  });

  it('takes a long chain from its end, and leaves a circle', () => {
    const chain = Array.from({ length: 30_000 }, (_, at) => node('Neg', [at === 0 ? 'x' : `t${at - 1}`], `t${at}`));
    const ports = {
      inputs: [{ name: 'x', type: 'float32', shape: [1] }],
      outputs: [{ name: 't29999', type: 'float32', shape: [1] }],
    } as const;
    const sorted = readModelGraph(sort(buildOnnxModel({ ...ports, nodes: chain.toReversed() })));
    expect(sorted.nodes.map(({ outputs }) => outputs[0])).toEqual(chain.map(({ outputs }) => outputs[0]));
    const circle = buildOnnxModel({ ...ports, nodes: [node('Neg', ['b'], 'a'), node('Neg', ['a'], 'b')] });
    expect(readModelGraph(sort(circle)).nodes).toHaveLength(2);
  });
});
