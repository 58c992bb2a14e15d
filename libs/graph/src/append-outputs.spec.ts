import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { calmModel } from '#testing';
import { appendOutputs } from './append-outputs.js';
import { readModelGraph } from './read-model-graph.js';

describe('appendOutputs', () => {
  it('adds outputs behind the others and changes nothing before them', () => {
    const bytes = readFileSync(new URL('../../../models/sst2-minilm/model.onnx', import.meta.url));
    const before = readModelGraph(bytes);
    const inner = before.nodes.slice(3, 5).flatMap((node) => node.outputs);
    const patched = appendOutputs(bytes, inner);
    expect(Buffer.compare(Buffer.from(patched.buffer, 0, bytes.length), bytes)).toBe(0);
    expect(patched.length - bytes.length).toBeLessThan(100 * inner.length);
    const after = readModelGraph(patched);
    expect(after.outputs.map(({ name }) => name)).toEqual([...before.outputs.map(({ name }) => name), ...inner]);
    expect(after.nodes.length).toBe(before.nodes.length);
  });

  it('shares no memory with the model it was given', () => {
    const { onnx } = calmModel();
    const patched = appendOutputs(onnx, ['plain']);
    patched.fill(0);
    expect(readModelGraph(onnx).outputs).toHaveLength(1);
  });
});
