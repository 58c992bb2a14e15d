import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { attentionToy, buildOnnxModel } from '#testing';
import { readModelGraph } from '../read-model-graph.js';
import { GraphEditor } from './graph-editor.js';

const weights = { name: 'weights', type: 'float32', shape: [2, 2], values: [1, 2, 3, 4] } as const;
const small = buildOnnxModel({
  inputs: [{ name: 'x', type: 'float32', shape: ['rows', 2] }],
  outputs: [{ name: 'y', type: 'float32', shape: ['rows', 2] }],
  tensors: [weights],
  nodes: [
    { op: 'MatMul', inputs: ['x', 'weights'], outputs: ['h'] },
    { op: 'Relu', inputs: ['h'], outputs: ['y'] },
  ],
});

describe('GraphEditor', () => {
  it('puts a patch behind a large model that it leaves as it is', () => {
    const bytes = readFileSync(new URL('../../../../models/sst2-minilm/model.onnx', import.meta.url));
    const before = readModelGraph(bytes);
    const [inner = ''] = before.nodes[3]?.outputs ?? [];
    const editor = new GraphEditor(bytes);
    editor.appendOutput(inner);
    const patched = editor.write();
    expect(Buffer.compare(Buffer.from(patched.buffer, 0, bytes.length), bytes)).toBe(0);
    expect(patched.length - bytes.length).toBeLessThan(200);
    expect(readModelGraph(patched).outputs.at(-1)?.name).toBe(inner);
  });

  it('replaces a node where it stands and keeps all else, unknown fields too', () => {
    // Field 400 of ModelProto, a number, and field 400 of GraphProto; no schema knows them.
    const unknown = Uint8Array.of(0x80, 0x19, 7);
    const inGraph = Uint8Array.of(0x3a, 3, ...unknown);
    const bytes = Uint8Array.from([...small, ...unknown, ...inGraph]);
    const editor = new GraphEditor(bytes);
    editor.replaceNode(0, [
      { opType: 'Neg', input: ['x'], output: ['turned'] },
      { opType: 'MatMul', input: ['turned', 'weights'], output: ['h'] },
    ]);
    editor.appendNodes([{ opType: 'Identity', input: ['h'], output: ['seen'] }]);
    editor.appendOutput('seen');
    const written = editor.write();
    const after = readModelGraph(written);
    expect(after.nodes.map(({ opType }) => opType)).toEqual(['Neg', 'MatMul', 'Relu', 'Identity']);
    expect(after.outputs.map(({ name }) => name)).toEqual(['y', 'seen']);
    expect([...(after.initializers.get('weights')?.raw ?? [])]).toEqual([...new Uint8Array(Float32Array.from(weights.values).buffer)]);
    const text = Buffer.from(written).toString('latin1');
    expect(text.split(Buffer.from(unknown).toString('latin1'))).toHaveLength(3);
  });

  it('counts nodes over a graph that comes in two parts', () => {
    const first = new GraphEditor(small);
    first.appendNodes([{ opType: 'Identity', input: ['h'], output: ['seen'] }]);
    const second = new GraphEditor(first.write());
    second.replaceNode(2, [{ opType: 'Abs', input: ['h'], output: ['seen'] }]);
    expect(readModelGraph(second.write()).nodes.map(({ opType }) => opType)).toEqual(['MatMul', 'Relu', 'Abs']);
    expect(() => second.readNode(3)).toThrow(RangeError);
  });

  it('gives nodes that share no memory with a Buffer, whose slice() is a view', () => {
    const value = { name: 'value', type: 'float32', shape: [], values: [3] } as const;
    const bytes = Buffer.from(attentionToy({ scores: [{ op: 'Constant', inputs: [], outputs: ['scores'], attributes: { value } }] }));
    const editor = new GraphEditor(bytes);
    const raw = editor.readNode(4).attribute[0]?.t?.rawData;
    bytes.fill(0);
    expect(raw).toEqual(new Uint8Array(Float32Array.of(3).buffer));
  });

  it('leaves references to weights beside the model as they are', () => {
    const location = { location: 'weights.bin', offset: 64, length: 16 };
    const outside = buildOnnxModel({
      inputs: [{ name: 'x', type: 'float32', shape: ['rows', 2] }],
      outputs: [{ name: 'y', type: 'float32', shape: ['rows', 2] }],
      tensors: [{ ...weights, values: location }],
      nodes: [{ op: 'MatMul', inputs: ['x', 'weights'], outputs: ['y'] }],
    });
    const editor = new GraphEditor(outside);
    editor.replaceNode(0, [{ opType: 'Gemm', input: ['x', 'weights'], output: ['y'] }]);
    expect(readModelGraph(editor.write()).external).toEqual([{ ...location, tensor: 'weights' }]);
  });
});
