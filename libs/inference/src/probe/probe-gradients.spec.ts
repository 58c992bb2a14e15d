import { readdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { OnnxNode } from '#testing';
import { GradientBench, rowModel } from '../../test/gradient-bench.js';
import { OnnxModels } from '../onnx-models.js';
import type { GradientCapability } from './probe-gradients.js';

const bench = new GradientBench();
afterAll(() => bench.close());
const bundled = new URL('../../../../models/', import.meta.url).pathname;

async function probe(folder: string): Promise<GradientCapability> {
  return (await new OnnxModels().probe({ folder, name: 'toy', version: '1' })).capabilities.differentiable;
}

describe('the gradients of a model', () => {
  it.each<readonly [string, number, readonly OnnxNode[]]>([
    ['no step', 0, [{ op: 'Tanh', inputs: ['hidden'], outputs: ['answer'] }]],
    ['a step', 1, [{ op: 'Round', inputs: ['hidden'], outputs: ['answer'] }]],
    [
      'a step and a comparison beside a slope',
      2,
      [
        { op: 'Sign', inputs: ['hidden'], outputs: ['sign'] },
        { op: 'Greater', inputs: ['hidden', 'sign'], outputs: ['above'] },
        { op: 'Cast', inputs: ['above'], outputs: ['one'], attributes: { to: { int: 1 } } },
        { op: 'Add', inputs: ['hidden', 'one'], outputs: ['answer'] },
      ],
    ],
  ])('are exact with %s, and %d nodes are told to be flat', async (_name, flat, nodes) => {
    const folder = await bench.write(rowModel({ kind: 'logits', classes: ['a', 'b', 'c'], width: 3, nodes }));
    expect(await probe(folder)).toEqual({ exact: true, rounded: 0, flat });
  });

  it('are flat nowhere in the models that come along', async () => {
    const found = new Map<string, GradientCapability>();
    const names = readdirSync(bundled, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
    for (const name of names) found.set(name, await probe(`${bundled}${name}`));
    const whole = [...found].flatMap(([name, one]) => ('flat' in one ? [[name, one.flat]] : []));
    expect(whole).toEqual(
      expect.arrayContaining(['adult-mlp', 'digits-resnet', 'digits-vit', 'sst2-minilm', 'stories260k'].map((name) => [name, 0])),
    );
    expect(whole.map(([, flat]) => flat)).toEqual(whole.map(() => 0));
  }, 120_000);
});
