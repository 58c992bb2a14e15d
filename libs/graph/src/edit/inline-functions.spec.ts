import { describe, expect, it } from '@jest/globals';
import { buildOnnxModel, calmModel, type OnnxFunction, type OnnxNode } from '#testing';
import { readModelGraph } from '../read-model-graph.js';
import { inlineFunctions } from './inline-functions.js';

const own = (name: string, inputs: readonly string[], outputs: readonly string[], nodes: readonly OnnxNode[]): OnnxFunction => ({
  domain: 'own',
  name,
  inputs,
  outputs,
  nodes,
});

function build(nodes: readonly OnnxNode[], functions: readonly OnnxFunction[]): Uint8Array {
  const port = (name: string) => ({ name, type: 'float32', shape: ['rows'] }) as const;
  return buildOnnxModel({ inputs: [port('x')], outputs: [port('y')], nodes }, { functions });
}

function read(bytes: Uint8Array) {
  return readModelGraph(inlineFunctions(bytes)).nodes.map(({ opType, inputs, outputs }) => [opType, ...inputs, '>', ...outputs].join(' '));
}

describe('inlineFunctions', () => {
  it('gives back the very bytes of a model without functions', () => {
    const { onnx } = calmModel();
    expect(inlineFunctions(onnx)).toBe(onnx);
  });

  it('puts functions that call functions in place, each call with tensors of its own', () => {
    const twice = own('Twice', ['in'], ['out'], [{ op: 'Add', inputs: ['in', 'in'], outputs: ['out'] }]);
    const turn = own(
      'Turn',
      ['in'],
      ['out'],
      [
        { op: 'Neg', inputs: ['in'], outputs: ['inner'] },
        { op: 'Twice', domain: 'own', inputs: ['inner'], outputs: ['out'] },
      ],
    );
    const calls: OnnxNode[] = [
      { op: 'Turn', domain: 'own', inputs: ['x'], outputs: ['h'] },
      { op: 'Turn', domain: 'own', inputs: ['h'], outputs: ['y'] },
    ];
    expect(read(build(calls, [twice, turn]))).toEqual([
      'Neg x > inlined/0/inner',
      'Add inlined/0/inner inlined/0/inner > h',
      'Neg h > inlined/1/inner',
      'Add inlined/1/inner inlined/1/inner > y',
    ]);
  });

  it('hands attributes of the call on, and leaves out what the call leaves out', () => {
    const norm: OnnxFunction = {
      ...own('Norm', ['in'], ['out'], [{ op: 'Softmax', inputs: ['in'], outputs: ['out'], attributes: { axis: { intOf: 'along' } } }]),
      attributes: ['along'],
    };
    const call = (attributes: NonNullable<OnnxNode['attributes']>): OnnxNode => ({
      op: 'Norm',
      domain: 'own',
      inputs: ['x'],
      outputs: ['y'],
      attributes,
    });
    const axisOf = (node: OnnxNode) => readModelGraph(inlineFunctions(build([node], [norm]))).nodes[0]?.attributes.get('axis');
    expect(axisOf(call({ along: { int: 2 } }))).toEqual({ kind: 'int', value: 2n });
    expect(axisOf(call({}))).toBeUndefined();
  });

  it('renames what a branch inside a function reads from around it', () => {
    const branch = {
      inputs: [],
      outputs: [{ name: 'chosen', type: 'float32', shape: ['rows'] }],
      nodes: [{ op: 'Neg', inputs: ['in'], outputs: ['chosen'] }],
    } as const;
    const pick = own(
      'Pick',
      ['in'],
      ['out'],
      [
        { op: 'IsNaN', inputs: ['in'], outputs: ['test'] },
        { op: 'If', inputs: ['test'], outputs: ['out'], attributes: { then_branch: branch, else_branch: branch } },
      ],
    );
    const [, node] = readModelGraph(inlineFunctions(build([{ op: 'Pick', domain: 'own', inputs: ['x'], outputs: ['y'] }], [pick]))).nodes;
    const body = node?.attributes.get('then_branch');
    expect(body?.kind === 'graph' && body.value.nodes[0]?.inputs).toEqual(['x']);
  });

  it('hands an input that is an output on by a node of its own', () => {
    const same = own('Same', ['in'], ['in'], []);
    expect(read(build([{ op: 'Same', domain: 'own', inputs: ['x'], outputs: ['y'] }], [same]))).toEqual(['Identity x > y']);
  });

  it('leaves the call of a function that is written for another operator set', () => {
    const old: OnnxFunction = { ...own('Old', ['in'], ['out'], [{ op: 'Neg', inputs: ['in'], outputs: ['out'] }]), opset: 11 };
    expect(read(build([{ op: 'Old', domain: 'own', inputs: ['x'], outputs: ['y'] }], [old]))).toEqual(['Old x > y']);
  });
});
