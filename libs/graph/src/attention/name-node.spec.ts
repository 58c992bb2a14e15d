import { describe, expect, it } from '@jest/globals';
import { nameNode } from './name-node.js';

const node = { domain: '', opType: 'TopK', name: '', inputs: [], outputs: ['', 'places'], attributes: new Map() };

describe('nameNode', () => {
  it('names a node without a name by the first output that has one', () => {
    expect(nameNode(node, 3)).toEqual({ operator: 'TopK', node: 'places', place: 3 });
  });

  it('cuts a name that would flood what quotes it', () => {
    expect(nameNode({ ...node, name: 'x'.repeat(300_000) }, 0).node).toBe(`${'x'.repeat(256)}…`);
  });
});
