import { describe, expect, it } from '@jest/globals';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { buildOnnxModel, type OnnxGraph, type OnnxNode } from '#testing';
import { findAttention } from '../attention/find-attention.js';
import { readModelGraph } from '../read-model-graph.js';
import { takeBranches } from './take-branches.js';

const port = (name: string, type: 'float32' | 'bool' = 'float32') => ({ name, type, shape: type === 'bool' ? [1] : ['rows'] }) as const;
const scale = (value: number) => ({ name: 'scale', type: 'float32', shape: [], values: [value] }) as const;
const body = (outputs: readonly string[], nodes: readonly OnnxNode[], tensors: OnnxGraph['tensors'] = []): OnnxGraph => ({
  inputs: [],
  outputs: outputs.map((name) => port(name)),
  nodes,
  tensors,
});
const choose = (condition: string, outputs: readonly string[], then_branch: OnnxGraph, else_branch: OnnxGraph): OnnxNode => ({
  op: 'If',
  inputs: [condition],
  outputs,
  attributes: { then_branch, else_branch },
});
/** Both branches call their tensors alike, as those of merged decoders do. */
const times = (value: number) => body(['h'], [{ op: 'Mul', inputs: ['x', 'scale'], outputs: ['h'] }], [scale(value)]);
const inputs = [port('x'), port('flag', 'bool')];

async function run(onnx: Uint8Array, flag: boolean): Promise<readonly number[]> {
  const session = await InferenceSession.create(onnx, { logSeverityLevel: 4 });
  const feeds = { x: new Tensor('float32', Float32Array.of(1, 2), [2]), flag: new Tensor('bool', Uint8Array.of(Number(flag)), [1]) };
  const result = await session.run(feeds);
  await session.release();
  return Object.values(result).flatMap(({ data }) => Array.from(data as Float32Array));
}

describe('takeBranches', () => {
  const nested = buildOnnxModel({
    inputs,
    outputs: [port('y'), port('kept')],
    nodes: [
      { op: 'Not', inputs: ['flag'], outputs: ['other'] },
      choose(
        'flag',
        ['y', 'kept'],
        body(
          ['h', 'same'],
          [
            { op: 'Identity', inputs: ['x'], outputs: ['same'] },
            choose('other', ['inner'], times(5), times(7)),
            { op: 'Neg', inputs: ['inner'], outputs: ['h'] },
          ],
        ),
        body(
          ['h', 'same'],
          [
            { op: 'Mul', inputs: ['x', 'scale'], outputs: ['h'] },
            { op: 'Identity', inputs: ['h'], outputs: ['same'] },
          ],
          [scale(3)],
        ),
      ),
    ],
  });

  it.each([true, false])('puts the branch for %s in place, and the model gives the same', async (flag) => {
    const taken = takeBranches(nested, new Map([['flag', flag]]));
    expect(readModelGraph(taken).nodes.filter(({ opType }) => opType === 'If')).toEqual([]);
    expect(await run(taken, flag)).toEqual(await run(nested, flag));
    // Whatever is fed now.
    expect(await run(taken, !flag)).toEqual(await run(nested, flag));
  });

  it('takes a stored condition, and a weight that is an output', async () => {
    const branch = body(['weight'], [], [{ ...scale(0), name: 'weight', shape: [2], values: [4, 5] }]);
    const onnx = buildOnnxModel({
      inputs,
      outputs: [port('y')],
      tensors: [{ name: 'yes', type: 'bool', shape: [], values: [1] }],
      nodes: [choose('yes', ['y'], branch, times(3))],
    });
    const taken = takeBranches(onnx, new Map());
    expect(readModelGraph(taken).nodes.map(({ opType }) => opType)).toEqual(['Identity']);
    expect(await run(taken, true)).toEqual([4, 5]);
  });

  it('keeps tensors of one name apart that come from two branches', async () => {
    const onnx = buildOnnxModel({
      inputs,
      outputs: [port('y'), port('z')],
      nodes: [choose('flag', ['y'], times(3), times(5)), choose('flag', ['z'], times(7), times(11))],
    });
    expect(await run(takeBranches(onnx, new Map([['flag', true]])), true)).toEqual([3, 6, 7, 14]);
    expect(await run(takeBranches(onnx, new Map([['flag', false]])), true)).toEqual([5, 10, 11, 22]);
  });

  it('leaves what it does not know', () => {
    expect(takeBranches(nested, new Map())).toBe(nested);
    expect(takeBranches(nested, new Map([['x', true]]))).toBe(nested);
  });

  it('lets attention inside a branch be found', () => {
    const heads = (name: string) => ({ name, type: 'float32', shape: ['batch', 'heads', 'tokens', 2] }) as const;
    const attend: OnnxNode[] = [
      { op: 'Transpose', inputs: ['x'], outputs: ['key'], attributes: { perm: { ints: [0, 1, 3, 2] } } },
      { op: 'MatMul', inputs: ['x', 'key'], outputs: ['scores'] },
      { op: 'Softmax', inputs: ['scores'], outputs: ['probabilities'] },
      { op: 'MatMul', inputs: ['probabilities', 'x'], outputs: ['h'] },
    ];
    const other = body(['h'], [{ op: 'Identity', inputs: ['x'], outputs: ['h'] }]);
    const onnx = buildOnnxModel({
      inputs: [heads('x'), port('flag', 'bool')],
      outputs: [heads('y')],
      nodes: [choose('flag', ['y'], body(['h'], attend), other)],
    });
    expect(findAttention(readModelGraph(onnx))).toMatchObject({ found: false, refusal: { reason: 'CONTROL_FLOW' } });
    const taken = takeBranches(onnx, new Map([['flag', true]]));
    expect(findAttention(readModelGraph(taken))).toMatchObject({ found: true, layers: [{ kind: 'self' }] });
  });
});
