import { describe, expect, it } from '@jest/globals';
import { buildOnnxModel, type OnnxNode } from '#testing';
import { readModelGraph } from '../read-model-graph.js';
import { findFeatureMap } from './find-feature-map.js';
import { GraphFacts } from './graph-facts.js';

type Shape = readonly number[];

/** Nodes by operator, input and output; shapes of outputs in a run of two rows. */
function find(nodes: readonly (readonly [op: string, input: string, output: string, shape: Shape])[]) {
  const made = nodes.map(([op, input, output]): OnnxNode => ({ op, inputs: [input], outputs: [output] }));
  const graph = readModelGraph(
    buildOnnxModel({
      inputs: [{ name: 'image', type: 'float32', shape: ['batch', 3, 8, 8] }],
      outputs: [{ name: nodes.at(-1)?.[2] ?? '', type: 'float32', shape: null }],
      nodes: made,
    }),
  );
  const shapes: (readonly [string, Shape])[] = [['image', [2, 3, 8, 8]], ...nodes.map(([, , output, shape]) => [output, shape] as const)];
  const facts = shapes.map(
    ([name, [, ...rest]]) => [name, { type: 'float32', shapes: [2, 3].map((rows) => [rows, ...rest]), values: null }] as const,
  );
  return findFeatureMap(graph, new GraphFacts(new Map(facts)));
}

describe('findFeatureMap', () => {
  it('takes what the last pool over all places reads', () => {
    const found = find([
      ['Conv', 'image', 'a', [2, 4, 8, 8]],
      ['Relu', 'a', 'b', [2, 4, 8, 8]],
      ['GlobalAveragePool', 'b', 'c', [2, 4, 1, 1]],
      ['Flatten', 'c', 'd', [2, 4]],
    ]);
    expect(found).toEqual({ standard: 'b', all: ['a', 'b'] });
  });

  it('passes pools inside the trunk, and shapes that are read at the end', () => {
    const found = find([
      ['Conv', 'image', 'a', [2, 4, 8, 8]],
      ['GlobalAveragePool', 'a', 'inside', [2, 4, 1, 1]],
      ['Conv', 'a', 'b', [2, 4, 4, 4]],
      ['Flatten', 'b', 'c', [2, 64]],
      ['Shape', 'a', 'd', [4]],
    ]);
    expect(found.standard).toBe('b');
  });

  it('takes the normalisation before the attention of the last block of a transformer', () => {
    const found = find([
      ['Conv', 'image', 'patches', [2, 4, 2, 2]],
      ['Reshape', 'patches', 'tokens', [2, 5, 4]],
      ['LayerNormalization', 'tokens', 'first', [2, 5, 4]],
      ['Softmax', 'first', 'attention', [2, 2, 5, 5]],
      ['Reshape', 'attention', 'mixed', [2, 5, 4]],
      ['LayerNormalization', 'mixed', 'second', [2, 5, 4]],
      ['LayerNormalization', 'second', 'last', [2, 5, 4]],
    ]);
    expect(found).toEqual({ standard: 'first', all: ['patches', 'first', 'second', 'last'] });
  });

  it('finds none where nothing has places', () => {
    expect(find([['GlobalAveragePool', 'image', 'a', [2, 3, 1, 1]]])).toEqual({ standard: null, all: [] });
  });
});
