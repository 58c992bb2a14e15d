import { describe, expect, it } from '@jest/globals';
import { InferenceSession, type Tensor } from 'onnxruntime-node';
import { buildOnnxModel, type OnnxGraph, type OnnxNode } from '#testing';
import { floats } from '../test/compare-lowered.js';
import { cutGraph } from './cut-graph.js';
import { readModelGraph } from './read-model-graph.js';

const node = (op: string, inputs: readonly string[], ...outputs: readonly string[]): OnnxNode => ({ op, inputs, outputs });
const split: OnnxNode = { ...node('Split', ['first'], 'upper', 'lower'), attributes: { axis: { int: 0 } } };
/** Two inputs, whose parts of the graph meet at the end. */
const parts: OnnxGraph = {
  inputs: ['x', 'other'].map((name) => ({ name, type: 'float32', shape: [4, 3] })),
  outputs: [{ name: 'y', type: 'float32', shape: null }],
  tensors: ['a', 'b', 'idle'].map((name, at) => ({
    name,
    type: 'float32',
    shape: [3],
    values: [...(floats([3], 10 * at).data as Float32Array)],
  })),
  nodes: [
    node('Mul', ['x', 'a'], 'first'),
    split,
    node('Tanh', ['upper'], 'bent'),
    node('Exp', ['other'], 'raised'),
    node('Add', ['raised', 'b'], 'second'),
    node('Clip', ['second', '', ''], 'clipped'),
    node('ReduceSum', ['clipped'], 'sum'),
    node('Mul', ['bent', 'sum'], 'y'),
    node('Neg', ['y'], 'unread'),
  ],
};
const feeds = { x: floats([4, 3], 50), other: floats([4, 3], 90) };

/** Bodies read tensors of the graph around them without naming them as inputs. */
function choice(op: string, input: string): OnnxNode {
  const body = (name: string): OnnxGraph => ({
    inputs: [],
    outputs: [{ name, type: 'float32', shape: null }],
    nodes: [node(op, [input], name)],
  });
  return { ...node('If', ['flag'], 'chosen'), attributes: { then_branch: body('then'), else_branch: body('else') } };
}

const flag = { name: 'flag', type: 'bool', shape: [], values: [1] } as const;

async function run(onnx: Uint8Array, given: Readonly<Record<string, Tensor>>, name: string): Promise<Tensor | undefined> {
  const session = await InferenceSession.create(onnx, { graphOptimizationLevel: 'disabled', intraOpNumThreads: 1, logSeverityLevel: 4 });
  try {
    return (await session.run(given, [name]))[name];
  } finally {
    await session.release();
  }
}

/** Of the whole graph with that tensor as its output, and of the part alone, fed with what the part still asks for. */
async function expectSameBits(graph: OnnxGraph, tensor: string): Promise<void> {
  const whole = buildOnnxModel({ ...graph, outputs: [{ name: tensor, type: 'float32', shape: null }] });
  const cut = cutGraph(buildOnnxModel(graph), tensor);
  if (cut === null) throw new Error(`${tensor} was not cut out`);
  const inputs = readModelGraph(cut).inputs.map(({ name }) => name);
  const own = Object.fromEntries(Object.entries(feeds).filter(([name]) => inputs.includes(name)));
  const [expected, given] = [await run(whole, feeds, tensor), await run(cut, own, tensor)];
  expect(given?.dims).toEqual(expected?.dims);
  expect(given?.data.length).toBeGreaterThan(0);
  expect(given?.data).toEqual(expected?.data);
}

describe('cutGraph', () => {
  it.each(['first', 'upper', 'lower', 'bent', 'second', 'sum', 'y', 'unread'])(
    'gives %s the bits that it has in the whole',
    async (tensor) => {
      await expectSameBits(parts, tensor);
    },
  );

  it.each<readonly [string, readonly string[], readonly string[], readonly string[]]>([
    ['bent', ['x'], ['a'], ['Mul', 'Split', 'Tanh']],
    ['lower', ['x'], ['a'], ['Mul', 'Split']],
    ['second', ['other'], ['b'], ['Exp', 'Add']],
    ['y', ['x', 'other'], ['a', 'b'], ['Mul', 'Split', 'Tanh', 'Exp', 'Add', 'Clip', 'ReduceSum', 'Mul']],
  ])('leaves of %s what it is computed by alone, in its order', (tensor, inputs, weights, operators) => {
    const cut = readModelGraph(cutGraph(buildOnnxModel(parts), tensor) ?? new Uint8Array());
    expect(cut.inputs.map(({ name }) => name)).toEqual(inputs);
    expect([...cut.initializers.keys()]).toEqual(weights);
    expect(cut.nodes.map(({ opType }) => opType)).toEqual(operators);
    expect(cut.outputs.map(({ name }) => name)).toEqual([tensor]);
  });

  it('keeps a node of which one output is needed with all of them, whichever it is', () => {
    for (const tensor of ['upper', 'lower']) {
      const { nodes } = readModelGraph(cutGraph(buildOnnxModel(parts), tensor) ?? new Uint8Array());
      expect(nodes.at(-1)?.outputs).toEqual(['upper', 'lower']);
    }
  });

  it('takes the names of opsets and all else of the model along, and changes nothing of what it was given', () => {
    const onnx = buildOnnxModel(parts, { opset: 13 });
    const before = onnx.slice();
    const cut = readModelGraph(cutGraph(onnx, 'bent') ?? new Uint8Array());
    expect(Buffer.compare(onnx, before)).toBe(0);
    const whole = readModelGraph(onnx);
    expect([cut.opsets, cut.irVersion, cut.producer]).toEqual([whole.opsets, whole.irVersion, whole.producer]);
  });

  it('gives none where a node of the part has a graph of its own, also far before the tensor', () => {
    const nodes = [node('Mul', ['x', 'a'], 'first'), choice('Neg', 'first'), node('Tanh', ['chosen'], 'y')];
    const onnx = buildOnnxModel({ ...parts, tensors: [...(parts.tensors ?? []), flag], nodes });
    expect([cutGraph(onnx, 'chosen'), cutGraph(onnx, 'y')]).toEqual([null, null]);
  });

  it('gives the part where a node outside alone has a graph of its own', async () => {
    const nodes = [
      node('Mul', ['x', 'a'], 'first'),
      node('Tanh', ['first'], 'bent'),
      choice('Exp', 'bent'),
      node('Add', ['bent', 'chosen'], 'y'),
    ];
    const graph = { ...parts, tensors: [...(parts.tensors ?? []), flag], nodes };
    await expectSameBits(graph, 'bent');
    expect(cutGraph(buildOnnxModel(graph), 'y')).toBeNull();
  });
});
