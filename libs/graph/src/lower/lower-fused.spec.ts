import { describe, expect, it } from '@jest/globals';
import { buildOnnxModel, type OnnxNode } from '#testing';
import { buildCase, floats, int, int32, type LoweredCase } from '../../test/compare-lowered.js';
import { readModelGraph } from '../read-model-graph.js';
import { lowerFused } from './lower-fused.js';

const x = floats([2, 3, 8]);

describe('lowerFused', () => {
  const port = (name: string) => ({ name, type: 'float32', shape: ['rows', 8] }) as const;
  const fused = (
    op: string,
    inputs: readonly string[],
    output: string,
    attributes: NonNullable<OnnxNode['attributes']> = {},
  ): OnnxNode => ({
    op,
    domain: 'com.microsoft',
    inputs,
    outputs: [output],
    attributes,
  });
  const location = { location: 'weights.bin', offset: 64, length: 256 };
  const outside = buildOnnxModel({
    inputs: [port('x')],
    outputs: [port('y')],
    tensors: [{ name: 'vitrine/lowered', type: 'float32', shape: [8, 8], values: location }],
    nodes: [
      fused('FusedMatMul', ['x', 'vitrine/lowered'], 'h', { transB: int(1) }),
      fused('Gelu', ['h'], 'g'),
      fused('QuickGelu', ['g'], 'y'),
    ],
  });

  it('leaves weights where they are, and names nothing twice', () => {
    const lowered = lowerFused(outside, readModelGraph(outside));
    if ('operator' in lowered) throw new Error(lowered.detail);
    const after = readModelGraph(lowered.bytes);
    expect(after.external).toEqual([{ ...location, tensor: 'vitrine/lowered' }]);
    const names = [...after.initializers.keys(), ...after.nodes.flatMap(({ outputs }) => outputs)];
    expect(new Set(names).size).toBe(names.length);
    expect(lowered.replaced.map(({ operator, place }) => [operator, place])).toEqual([
      ['com.microsoft:FusedMatMul', 0],
      ['com.microsoft:Gelu', 1],
      ['com.microsoft:QuickGelu', 2],
    ]);
  });

  it('replaces the wanted nodes alone', () => {
    const lowered = lowerFused(outside, readModelGraph(outside), ({ operator }) => operator === 'com.microsoft:Gelu');
    if ('operator' in lowered) throw new Error(lowered.detail);
    const left = readModelGraph(lowered.bytes).nodes.filter(({ domain }) => domain !== '');
    expect(left.map(({ opType }) => opType)).toEqual(['FusedMatMul', 'QuickGelu']);
  });

  it('gives the bytes themselves where there is nothing to do', () => {
    expect(lowerFused(outside, readModelGraph(outside), () => false)).toEqual({ bytes: outside, replaced: [] });
  });

  it.each<readonly [string, LoweredCase, RegExp]>([
    [
      'an activation that is not known',
      {
        op: 'FusedGemm',
        inputs: [
          ['a', floats([2, 2])],
          ['b', floats([2, 2])],
        ],
        attributes: { activation: 'Selu' },
      },
      /Selu/,
    ],
    [
      'one of a convolution',
      {
        op: 'FusedConv',
        inputs: [
          ['a', floats([1, 1, 2, 2])],
          ['b', floats([1, 1, 1, 1])],
        ],
        attributes: { activation: 'HardSwish' },
      },
      /HardSwish/,
    ],
    [
      'an approximation that is not known',
      { op: 'Gelu', domain: '', inputs: [['x', x]], attributes: { approximate: 'erf' } },
      /approximates/,
    ],
    ['a batch that is packed', { op: 'RotaryEmbedding', inputs: [['x', x]], attributes: { is_packed_batching: int(1) } }, /batch packed/],
    ['a mean that there is none of', { op: 'SkipSimplifiedLayerNormalization', inputs: [['x', x]], outputs: ['y', 'mean'] }, /mean/],
    ['old operator sets', { op: 'Gelu', inputs: [['x', x]], options: { opset: 10 } }, /ai.onnx 11 or later, and the model imports 10/],
    [
      'a window for a cache',
      {
        op: 'GroupQueryAttention',
        inputs: [['x', x], null, null, null, null, ['l', int32([1])], ['t', int32([1])]],
        attributes: { num_heads: int(1), kv_num_heads: int(1), sliding_window_cache: int(1) },
      },
      /sliding window/,
    ],
    [
      'a cache in few bits',
      {
        op: 'GroupQueryAttention',
        inputs: [['x', x], null, null, null, null, ['l', int32([1])], ['t', int32([1])]],
        attributes: { num_heads: int(1), kv_num_heads: int(1), k_quant_type: 'PER_TENSOR' },
      },
      /few bits/,
    ],
    ['no number of heads', { op: 'MultiHeadAttention', inputs: [['x', x]] }, /number of heads/],
  ])('refuses %s by node', (_name, one, detail) => {
    const { onnx } = buildCase(one);
    const operator = one.domain === '' ? one.op : `com.microsoft:${one.op}`;
    expect(lowerFused(onnx, readModelGraph(onnx))).toMatchObject({ operator, node: `${one.op}_0`, detail: expect.stringMatching(detail) });
  });

  it('refuses bfloat16, by the cast before a node', () => {
    const cast: OnnxNode = { op: 'Cast', inputs: ['x'], outputs: ['short'], attributes: { to: int(16) } };
    const onnx = buildOnnxModel({ inputs: [port('x')], outputs: [port('y')], nodes: [cast, fused('Gelu', ['short'], 'y')] });
    expect(lowerFused(onnx, readModelGraph(onnx))).toMatchObject({ node: 'Gelu_1', detail: expect.stringContaining('in bfloat16') });
  });

  it('refuses a node inside a branch of a branch', () => {
    const body = (nodes: readonly OnnxNode[]) => ({ inputs: [], outputs: [port('chosen')], nodes });
    const branch = (inside: ReturnType<typeof body>, output: string): OnnxNode => ({
      op: 'If',
      inputs: ['flag'],
      outputs: [output],
      attributes: { then_branch: inside },
    });
    const onnx = buildOnnxModel({
      inputs: [port('x'), { name: 'flag', type: 'bool', shape: [] }],
      outputs: [port('y')],
      nodes: [branch(body([branch(body([fused('Gelu', ['x'], 'chosen')]), 'chosen')]), 'y')],
    });
    expect(lowerFused(onnx, readModelGraph(onnx))).toMatchObject({
      operator: 'com.microsoft:Gelu',
      node: 'Gelu_0',
      detail: expect.stringContaining('inside the If of node "If_0"'),
    });
  });
});
