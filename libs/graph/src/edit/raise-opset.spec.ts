import { describe, expect, it } from '@jest/globals';
import { toBinary } from '@bufbuild/protobuf';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { buildOnnxModel, type OnnxNode } from '#testing';
import { decodeModel } from '../decode-model.js';
import { ModelProtoSchema } from '../generated/onnx-ml_pb.js';
import { readModelGraph } from '../read-model-graph.js';
import { raiseOpset } from './raise-opset.js';

const scaler: OnnxNode = { op: 'Scaler', domain: 'ai.onnx.ml', inputs: ['x'], outputs: ['s'], attributes: { offset: [1], scale: [2] } };

function build(nodes: readonly OnnxNode[], opset: number, output = 'y'): Uint8Array {
  const [inputs, outputs] = ['x', output].map((name) => [{ name, type: 'float32' as const, shape: name === 'x' ? ['rows', 3] : null }]);
  const tensors = [
    { name: 'w', type: 'float32' as const, shape: [3, 3], values: [1, 2, -3, 4, 0.5, 6, -7, 8, 0.9] },
    { name: 'shape', type: 'int64' as const, shape: [2], values: [-1, 3] },
  ];
  return buildOnnxModel({ inputs: inputs ?? [], outputs: outputs ?? [], nodes, tensors }, { opset });
}

async function run(onnx: Uint8Array, output = 'y'): Promise<readonly number[]> {
  const session = await InferenceSession.create(onnx, { graphOptimizationLevel: 'disabled', logSeverityLevel: 4 });
  const found = await session.run({ x: new Tensor('float32', Float32Array.of(0.5, -2, 0.25, 1, 1.5, -0.75), [2, 3]) });
  await session.release();
  return [...(found[output]?.data as Float32Array)].map(Number);
}

const opsetOf = (onnx: Uint8Array) => readModelGraph(onnx).opsets.get('');
const one = (op: string, attributes: OnnxNode['attributes'] = {}): OnnxNode => ({ op, inputs: ['s'], outputs: ['y'], attributes });
const two = (op: string, other = 'w'): OnnxNode => ({ op, inputs: ['s', other], outputs: ['y'] });
const [axis, axes] = [{ axis: { int: 1 } }, { axes: { ints: [1] } }];
const back: OnnxNode = { op: 'Cast', inputs: ['i'], outputs: ['y'], attributes: { to: { int: 1 } } };
const [zero, once] = ['zero', 'once'].map((name, value) => ({ name, type: 'int64' as const, shape: [1], values: [value] }));

describe('a model of an early ai.onnx', () => {
  it.each<readonly [string, readonly OnnxNode[]]>([
    ...['Abs', 'Exp', 'Flatten', 'Identity', 'Neg', 'Relu', 'Sigmoid', 'Softmax', 'Tanh', 'Transpose'].map(
      (op) => [op, [one(op)]] as const,
    ),
    ...['Gemm', 'MatMul'].map((op) => [op, op === 'Gemm' ? [{ ...two(op), inputs: ['s', 'w', 'w0'] }] : [two(op)]] as const),
    ...['Add', 'Div', 'Mul', 'Sub', 'Sum'].map((op) => [op, [{ ...two(op), inputs: ['s', 's'] }]] as const),
    ...['ReduceMax', 'ReduceMean', 'ReduceMin', 'ReduceSum'].map((op) => [op, [one(op, axes)]] as const),
    [
      'Squeeze',
      [
        { ...one('ReduceSum', axes), outputs: ['r'] },
        { op: 'Squeeze', inputs: ['r'], outputs: ['y'], attributes: axes },
      ],
    ],
    [
      'Log, Sqrt and Pow',
      [{ ...one('Abs'), outputs: ['a'] }, ...chain(['Log', 'Exp', 'Sqrt'], 'a', 'b'), { op: 'Pow', inputs: ['b', 'b'], outputs: ['y'] }],
    ],
    ['Unsqueeze', [one('Unsqueeze', axes)]],
    ['Concat', [{ op: 'Concat', inputs: ['s', 's'], outputs: ['y'], attributes: axis }]],
    ['Reshape', [two('Reshape', 'shape')]],
    ['ArgMax', [{ ...one('ArgMax', axis), outputs: ['i'] }, back]],
    ['ArgMin', [{ ...one('ArgMin', axis), outputs: ['i'] }, back]],
    ['Shape', [{ ...one('Shape'), outputs: ['i'] }, back]],
    ['Constant and Gather', [constant('at', once), { op: 'Gather', inputs: ['s', 'at'], outputs: ['y'], attributes: axis }]],
  ])('is the same with a later one: %s', async (_name, nodes) => {
    const filled = [
      constant('w0', { name: 'c', type: 'float32', shape: [3], values: [1, -1, 2] }),
      constant('unused', zero),
      scaler,
      ...nodes,
    ];
    const early = build(filled, 9);
    const raised = raiseOpset(early, readModelGraph(early));
    expect([opsetOf(early), opsetOf(raised)]).toEqual([9, 11]);
    expect(await run(raised)).toEqual(await run(early));
  });

  it('that has no operator of it need not import it', async () => {
    const model = decodeModel(build([scaler], 9, 's'));
    model.opsetImport = model.opsetImport.filter(({ domain }) => domain !== '');
    const bare = toBinary(ModelProtoSchema, model);
    const raised = raiseOpset(bare, readModelGraph(bare));
    expect([opsetOf(bare), opsetOf(raised)]).toEqual([undefined, 11]);
    expect(await run(raised, 's')).toEqual([-1, -6, -1.5, 0, 1, -3.5]);
  });

  it.each([
    ['an operator that changed', [one('Clip', { min: 0 })], 9],
    ['a version before broadcasting', [one('Relu')], 6],
    ['a version that will do', [one('Relu')], 12],
  ] as const)('is left as it is: %s', (_name, nodes, opset) => {
    const early = build([scaler, ...nodes], opset);
    expect(raiseOpset(early, readModelGraph(early))).toBe(early);
  });
});

function chain(operators: readonly string[], from: string, to: string): readonly OnnxNode[] {
  return operators.map((op, at) => ({
    op,
    inputs: [at === 0 ? from : `${from}_${at}`],
    outputs: [at === operators.length - 1 ? to : `${from}_${at + 1}`],
  }));
}

function constant(output: string, value: NonNullable<OnnxNode['attributes']>[string] | undefined): OnnxNode {
  return { op: 'Constant', inputs: [], outputs: [output], attributes: value === undefined ? {} : { value } };
}
