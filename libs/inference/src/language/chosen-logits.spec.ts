import { expect, it } from '@jest/globals';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { giveChosenLogits, readModelGraph } from '#graph';
import { buildOnnxModel, type OnnxNode } from '#testing';

const weights = [1, 2, 3, 4, 5, 6, 7, 8];
const product: OnnxNode = { op: 'MatMul', inputs: ['x', 'weights'], outputs: ['wide'] };

/** Logits [batch, tokens, 4] of x [batch, tokens, 2]. */
function build(nodes: readonly OnnxNode[]): Uint8Array {
  return buildOnnxModel({
    inputs: [{ name: 'x', type: 'float32', shape: ['batch', 'tokens', 2] }],
    outputs: [{ name: 'logits', type: 'float32', shape: ['batch', 'tokens', 4] }],
    tensors: [
      { name: 'weights', type: 'float32', shape: [2, 4], values: weights },
      { name: 'cap', type: 'float32', shape: [], values: [30] },
      { name: 'per_token', type: 'float32', shape: [3, 1], values: [1, 2, 3] },
    ],
    nodes,
  });
}

const x = new Tensor('float32', Float32Array.of(1, 2, 3, 4, 5, 6), [1, 3, 2]);

async function run(bytes: Uint8Array, feeds: Readonly<Record<string, Tensor>>, output: string): Promise<readonly number[][]> {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 4, intraOpNumThreads: 1 });
  const tensor = (await session.run(feeds))[output];
  await session.release();
  if (!(tensor?.data instanceof Float32Array)) throw new Error(`no ${output}`);
  const { data } = tensor;
  return Array.from({ length: data.length / 4 }, (_, token) => [...data.subarray(4 * token, 4 * token + 4)]);
}

const capped: readonly OnnxNode[] = [
  product,
  { op: 'Div', inputs: ['wide', 'cap'], outputs: ['small'] },
  { op: 'Tanh', inputs: ['small'], outputs: ['bent'] },
  { op: 'Mul', inputs: ['bent', 'cap'], outputs: ['logits'] },
];

it.each<[string, readonly OnnxNode[], boolean]>([
  ['a product', [{ ...product, outputs: ['logits'] }], true],
  ['a product behind which logits are capped', capped, true],
  ['a product that something else reads too', [...capped.slice(0, 3), { op: 'Mul', inputs: ['bent', 'wide'], outputs: ['logits'] }], false],
  [
    'a product behind which each token has numbers of its own',
    [product, { op: 'Mul', inputs: ['wide', 'per_token'], outputs: ['logits'] }],
    false,
  ],
  ['no product of weights', [{ op: 'Concat', inputs: ['x', 'x'], outputs: ['logits'], attributes: { axis: { int: 2 } } }], false],
])('logits of chosen tokens are those of all, of %s', async (_what, nodes, before) => {
  const bytes = build(nodes);
  const all = await run(bytes, { x }, 'logits');
  const chosen = giveChosenLogits(bytes, readModelGraph(bytes), 'logits');
  for (const at of [[2], [0, 2], [1, 1, 0]]) {
    const positions = new Tensor('int64', BigInt64Array.from(at, BigInt), [at.length]);
    expect(await run(chosen.bytes, { x, [chosen.positions]: positions }, chosen.logits)).toEqual(at.map((token) => all[token]));
  }
  // Where the gathering is behind the product it has an output of its own.
  expect(chosen.logits === 'logits').toBe(before);
});
