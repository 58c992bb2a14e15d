import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildOnnxModel, calmModel, slowModel, type OnnxGraph } from '#testing';
import { decodeModel } from './decode-model.js';
import { GraphProblem } from './graph-problem.js';
import { readModelGraph } from './read-model-graph.js';

/** Reads, or fails as it should; any other error is a fault. */
function tryRead(bytes: Uint8Array): 'read' | GraphProblem {
  try {
    readModelGraph(bytes);
    return 'read';
  } catch (error) {
    if (error instanceof GraphProblem) return error;
    throw error;
  }
}

/** A length-delimited protobuf field. */
function field(number: number, content: Uint8Array): Uint8Array {
  const head = [number * 8 + 2];
  let length = content.length;
  for (; length > 127; length = Math.floor(length / 128)) head.push((length % 128) + 128);
  return Uint8Array.from([...head, length, ...content]);
}

function nest(depth: number): OnnxGraph {
  let graph: OnnxGraph = { inputs: [], outputs: [{ name: 'y', type: 'float32', shape: [] }], nodes: [] };
  for (let level = 0; level < depth; level++)
    graph = { ...graph, nodes: [{ op: 'If', inputs: [], outputs: ['y'], attributes: { then_branch: graph } }] };
  return graph;
}

describe('decodeModel', () => {
  const whole = slowModel().onnx;

  it('refuses every model that was cut short, or reads what is left of it', () => {
    const ends = Array.from({ length: whole.length }, (_, end) => tryRead(whole.subarray(0, end)));
    // Almost every place lies inside the graph, whose length is then wrong.
    expect(ends.filter((end) => end !== 'read').length).toBeGreaterThan(whole.length - 10);
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void tryRead(bytes)),
      { numRuns: 2000, seed: 1 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => void tryRead(field(7, bytes))),
      { numRuns: 2000, seed: 2 },
    );
  });

  it('survives a model with any byte changed', () => {
    const model = calmModel().onnx;
    fc.assert(
      fc.property(fc.nat(model.length - 1), fc.nat(255), (at, value) => {
        const bytes = model.slice();
        bytes[at] = value;
        tryRead(bytes);
      }),
      { numRuns: 3000, seed: 3 },
    );
  });

  it.each([
    ['a graph that is a number', [7 * 8, 1], /graph is written as varint/],
    ['a version that is a text', [1 * 8 + 2, 1, 65], /ir_version is written as length-delimited/],
    ['a length beyond the end', [7 * 8 + 2, 100, 1], /says 100 bytes, and 1 are left/],
    [
      'a submessage that reaches beyond its parent',
      [7 * 8 + 2, 2, 1 * 8 + 2, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      /says 9 bytes, and 0 are left/,
    ],
    ['a number without end', [8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255], /end inside a number/],
    ['a group', [15 * 8 + 3, 15 * 8 + 4], /group start/],
    ['a field zero', [2, 0], /no field of ModelProto/],
    ['a page of HTML', [...Buffer.from('<!DOCTYPE html><html><body>Not found</body></html>')], /not an ONNX model/],
  ])('names the fault of %s', (_fault, bytes, message) => {
    expect(() => decodeModel(Uint8Array.from(bytes))).toThrow(
      expect.objectContaining({ code: 'INVALID_PROTOBUF', detail: expect.stringMatching(message) }),
    );
  });

  it('refuses packed numbers of half a number', () => {
    const tensor = field(4, new Uint8Array(6)); // float_data
    expect(() => decodeModel(field(7, field(5, tensor)))).toThrow(expect.objectContaining({ code: 'INVALID_PROTOBUF' }));
  });

  it('reads branches in branches, and refuses them below the depth that the runtime reads', () => {
    expect(tryRead(buildOnnxModel(nest(20)))).toBe('read');
    expect(tryRead(buildOnnxModel(nest(40)))).toMatchObject({ code: 'TOO_DEEP' });
    let bytes: Uint8Array = new Uint8Array();
    for (let level = 0; level < 3000; level++) bytes = field(level % 3 === 0 ? 6 : level % 3 === 1 ? 5 : 1, bytes);
    expect(tryRead(field(7, bytes))).toMatchObject({ code: 'TOO_DEEP' });
  });

  it('refuses millions of empty messages before it makes them', () => {
    const nodes = new Uint8Array(2 * 4_000_001);
    nodes.forEach((_, at) => (nodes[at] = at % 2 === 0 ? 10 : 0));
    const length = [(nodes.length % 128) | 128, ((nodes.length >> 7) % 128) | 128, ((nodes.length >> 14) % 128) | 128, nodes.length >> 21];
    const bytes = new Uint8Array(5 + nodes.length);
    bytes.set([7 * 8 + 2, ...length]);
    bytes.set(nodes, 5);
    expect(tryRead(bytes)).toMatchObject({ code: 'TOO_LARGE' });
  });

  it('reads every model of the project', () => {
    for (const path of [
      'models/adult-lightgbm',
      'models/german-credit-logistic',
      'models/sst2-minilm',
      'test/models/adult-lightgbm-zipmap',
    ]) {
      expect(tryRead(readFileSync(new URL(`../../../${path}/model.onnx`, import.meta.url)))).toBe('read');
    }
  });
});
