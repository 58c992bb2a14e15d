import { describe, expect, it } from '@jest/globals';
import { attentionToy, buildOnnxModel, calmModel, type AttentionToy, type OnnxNode } from '#testing';
import { readModelGraph } from '../read-model-graph.js';
import { findAttention } from './find-attention.js';

const int = (value: number) => ({ int: value });

function refusalOf(bytes: Uint8Array) {
  const finding = findAttention(readModelGraph(bytes));
  return finding.found ? finding.layers : finding.refusal;
}

/** Two streams: `x` makes keys and values of the second layer, whose queries come from `z`. */
function crossed(): Uint8Array {
  const port = (name: string) => ({ name, type: 'float32', shape: ['batch', 1, 'tokens', 2] }) as const;
  const attend = (name: string, query: string, memory: string): OnnxNode[] => [
    { op: 'Transpose', inputs: [memory], outputs: [`${name}_key`], attributes: { perm: { ints: [0, 1, 3, 2] } } },
    { op: 'MatMul', inputs: [query, `${name}_key`], outputs: [`${name}_scores`] },
    { op: 'Softmax', inputs: [`${name}_scores`], outputs: [`${name}_probabilities`] },
    { op: 'MatMul', inputs: [`${name}_probabilities`, memory], outputs: [name] },
  ];
  return buildOnnxModel({
    inputs: [port('x'), port('z')],
    outputs: [port('answer')],
    nodes: [...attend('encoded', 'x', 'x'), ...attend('decoded', 'z', 'z'), ...attend('answer', 'decoded', 'encoded')],
  });
}

/** One node on `x` [batch, tokens, 2] and a few tensors of other kinds. */
function fused(op: string, inputs: readonly string[], attributes: OnnxNode['attributes'] = {}, outputs = ['y'], behind: OnnxNode[] = []) {
  return buildOnnxModel({
    inputs: [
      { name: 'x', type: 'float32', shape: ['batch', 'tokens', 2] },
      { name: 'ends', type: 'int32', shape: ['twice'] },
    ],
    outputs: [{ name: behind.length === 0 ? 'y' : 'used', type: 'float32', shape: ['batch', 'tokens', 2] }],
    tensors: [{ name: 'weights', type: 'float32', shape: [2, 6], values: Array<number>(12).fill(0) }],
    nodes: [{ op, domain: 'com.microsoft', inputs, outputs, attributes }, ...behind],
  });
}

describe('findAttention', () => {
  it('numbers layers by kind, and tells another stream from the own one', () => {
    expect(refusalOf(crossed())).toMatchObject([
      { kind: 'self', layer: 0, node: 'Softmax_2', place: 2 },
      { kind: 'self', layer: 1, node: 'Softmax_6' },
      { kind: 'cross', layer: 0, node: 'Softmax_10', exposure: { how: 'tensor', tensor: 'answer_probabilities' } },
    ]);
  });

  it('finds nothing where there is none', () => {
    expect(refusalOf(calmModel().onnx)).toMatchObject({ reason: 'NOTHING_FOUND', operator: null, node: null });
  });

  it('does not take a classifier or a router for attention', () => {
    const onnx = buildOnnxModel({
      inputs: [{ name: 'x', type: 'float32', shape: ['rows', 2] }],
      outputs: [{ name: 'y', type: 'float32', shape: ['rows', 2] }],
      tensors: [{ name: 'weights', type: 'float32', shape: [2, 2], values: [1, 2, 3, 4] }],
      nodes: [
        { op: 'MatMul', inputs: ['x', 'weights'], outputs: ['logits'] },
        { op: 'Softmax', inputs: ['logits'], outputs: ['routes'] },
        { op: 'MatMul', inputs: ['routes', 'x'], outputs: ['y'] },
      ],
    });
    expect(refusalOf(onnx)).toMatchObject({ reason: 'NOTHING_FOUND' });
  });

  it('does not take a mixture of weights for attention', () => {
    const onnx = buildOnnxModel({
      inputs: [{ name: 'x', type: 'float32', shape: ['tokens', 2] }],
      outputs: [{ name: 'y', type: 'float32', shape: ['tokens', 2] }],
      tensors: [{ name: 'weights', type: 'float32', shape: [3, 2], values: [1, 2, 3, 4, 5, 6] }],
      nodes: [
        { op: 'Transpose', inputs: ['x'], outputs: ['turned'] },
        { op: 'MatMul', inputs: ['x', 'turned'], outputs: ['scores'] },
        { op: 'Softmax', inputs: ['scores'], outputs: ['shares'] },
        { op: 'MatMul', inputs: ['shares', 'weights'], outputs: ['y'] },
      ],
    });
    expect(refusalOf(onnx)).toMatchObject({ reason: 'INCOMPLETE', node: 'Softmax_2' });
  });

  it.each<readonly [string, AttentionToy, RegExp]>([
    [
      'scores of unknown origin',
      { scores: [{ op: 'CumSum', inputs: ['product', 'axis'], outputs: ['scores'] }], tensors: [axis(3)] },
      /product of queries and keys before it is not found/,
    ],
    [
      'probabilities of unknown use',
      { factor: [{ op: 'CumSum', inputs: ['probabilities', 'axis'], outputs: ['factor'] }], tensors: [axis(3)] },
      /product with the values behind it is not found/,
    ],
    [
      'a sum over the queries',
      { softmax: { op: 'Softmax', inputs: ['scores'], outputs: ['probabilities'], attributes: { axis: int(-2) } } },
      /sums over axis -2/,
    ],
    [
      'the axis of old operator sets',
      { softmax: { op: 'Softmax', inputs: ['scores'], outputs: ['probabilities'] }, options: { opset: 12 } },
      /sums over axis 1/,
    ],
  ])('refuses %s, by node', (_what, toy, detail) => {
    expect(refusalOf(attentionToy(toy))).toMatchObject({
      reason: 'INCOMPLETE',
      operator: 'Softmax',
      node: 'Softmax_5',
      detail: expect.stringMatching(detail),
    });
  });

  it('refuses attention inside a branch', () => {
    const branch = {
      inputs: [],
      outputs: [{ name: 'chosen', type: 'float32', shape: ['rows'] }],
      nodes: [{ op: 'Softmax', inputs: ['x'], outputs: ['chosen'] }],
    } as const;
    const onnx = buildOnnxModel({
      inputs: [
        { name: 'x', type: 'float32', shape: ['rows'] },
        { name: 'use_cache', type: 'bool', shape: [] },
      ],
      outputs: [{ name: 'y', type: 'float32', shape: ['rows'] }],
      nodes: [{ op: 'If', inputs: ['use_cache'], outputs: ['y'], attributes: { then_branch: branch, else_branch: branch } }],
    });
    expect(refusalOf(onnx)).toMatchObject({
      reason: 'CONTROL_FLOW',
      operator: 'If',
      node: 'If_0',
      remedy: expect.stringContaining('merged'),
    });
  });

  it('refuses attention inside a branch of a branch', () => {
    const outputs = [{ name: 'chosen', type: 'float32', shape: ['rows'] }] as const;
    const inner = { inputs: [], outputs, nodes: [{ op: 'Softmax', inputs: ['x'], outputs: ['chosen'] }] } as const;
    const outer = {
      inputs: [],
      outputs,
      nodes: [{ op: 'If', inputs: ['use_cache'], outputs: ['chosen'], attributes: { then_branch: inner } }],
    } as const;
    const onnx = buildOnnxModel({
      inputs: [{ name: 'use_cache', type: 'bool', shape: [] }],
      outputs: [{ name: 'y', type: 'float32', shape: ['rows'] }],
      nodes: [
        { op: 'Identity', inputs: ['use_cache'], outputs: ['flag'] },
        { op: 'If', inputs: ['flag'], outputs: ['y'], attributes: { then_branch: outer } },
      ],
    });
    expect(refusalOf(onnx)).toMatchObject({ reason: 'CONTROL_FLOW', operator: 'If', node: 'If_1' });
  });

  it.each(['PackedAttention', 'SparseAttention', 'QAttention', 'LongformerAttention', 'DecoderMaskedMultiHeadAttention'])(
    'refuses %s, which keeps its probabilities to itself',
    (op) => {
      expect(refusalOf(fused(op, ['x']))).toMatchObject({
        reason: 'OPERATOR_UNSUPPORTED',
        operator: `com.microsoft:${op}`,
        node: `${op}_0`,
      });
    },
  );

  it.each<readonly [string, Uint8Array, RegExp]>([
    ['a mask of unknown form', fused('Attention', ['x', 'weights', '', 'missing'], { num_heads: int(1) }), /mask_index/],
    [
      'a rotation of heads of unknown size',
      fused('Attention', ['x', 'x'], { num_heads: int(1), do_rotary: int(1) }),
      /size the graph does not tell/,
    ],
    ['no number of heads', fused('Attention', ['x', 'weights']), /number of heads/],
    [
      'a shared buffer of one tensor',
      fused('Attention', ['x', 'weights'], { num_heads: int(1), past_present_share_buffer: int(1) }),
      /shares the buffer/,
    ],
    [
      'a shared buffer',
      fused('MultiHeadAttention', ['x', 'x', 'x', '', '', '', '', '', 'ends'], { num_heads: int(1) }),
      /shares the buffer/,
    ],
    ['queries of unknown rank', fused('MultiHeadAttention', ['x'], { num_heads: int(1) }), /unknown rank/],
  ])('refuses a fused operator with %s', (_what, onnx, detail) => {
    expect(refusalOf(onnx)).toMatchObject({ reason: 'OPERATOR_UNSUPPORTED', detail: expect.stringMatching(detail) });
  });

  it('writes out an operator whose scores the graph already reads in another form, and refuses one that cannot be', () => {
    const behind: OnnxNode[] = [{ op: 'Abs', inputs: ['scores'], outputs: ['used'] }];
    const outputs = ['y', 'k', 'v', 'scores'];
    const heads = { num_heads: int(2), kv_num_heads: int(1) };
    const lengths = ['x', 'x', 'x', '', '', 'ends', 'ends'];
    const other = fused('GroupQueryAttention', lengths, { qk_output: int(1), ...heads }, outputs, behind);
    expect(refusalOf(other)).toMatchObject([{ exposure: { how: 'lower' }, heads: 2, kind: 'causal-self' }]);
    const unknown = fused('GroupQueryAttention', lengths, heads, outputs, behind);
    expect(refusalOf(unknown)).toMatchObject({ reason: 'OPERATOR_UNSUPPORTED', detail: expect.stringContaining('without saying which') });
    const right = fused('GroupQueryAttention', ['x', 'x', 'x'], { qk_output: int(2), num_heads: int(2) }, outputs, behind);
    expect(refusalOf(right)).toMatchObject([{ exposure: { how: 'tensor', tensor: 'scores' }, heads: 2, kind: 'causal-self' }]);
  });

  it('refuses a function that cannot be put in place', () => {
    const softmax: OnnxNode = { op: 'Hidden', domain: 'own', inputs: ['scores'], outputs: ['probabilities'] };
    const nodes: OnnxNode[] = [{ op: 'Softmax', inputs: ['in'], outputs: ['out'] }];
    const functions = [{ domain: 'own', name: 'Hidden', inputs: ['in'], outputs: ['out'], nodes }];
    const refusal = refusalOf(attentionToy({ softmax, options: { functions } }));
    expect(refusal).toMatchObject({ reason: 'OPERATOR_UNSUPPORTED', operator: 'own:Hidden', node: 'Hidden_5' });
  });
});

function axis(value: number) {
  return { name: 'axis', type: 'int64', shape: [], values: [value] } as const;
}
