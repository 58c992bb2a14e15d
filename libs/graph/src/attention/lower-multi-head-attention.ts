import type { NodeWriter } from '../edit/node-writer.js';
import type { GraphIndex } from '../graph-index.js';
import type { GraphNode } from '../model-graph.js';
import { readInteger } from './read-attribute.js';
import { readKeyForm } from './read-key-form.js';
import { readMaskForm } from './read-mask-form.js';
import { writeCore, type LoweredAttention } from './write-core.js';

const END = 2n ** 63n - 1n;

/**
 * Writes com.microsoft MultiHeadAttention as primitive nodes. To be asked only for a node that `checkLowering` lets pass.
 */
export function lowerMultiHeadAttention(index: GraphIndex, node: GraphNode, writer: NodeWriter): LoweredAttention {
  const input = (at: number) => node.inputs[at] ?? '';
  const form = readKeyForm(index, node);
  const heads = BigInt(readInteger(node, 'num_heads') ?? 1);
  const split = (tensor: string) => {
    const parts = writer.add('Reshape', [tensor, writer.integers([0n, 0n, heads, -1n])]);
    return writer.add('Transpose', [parts], { perm: [0n, 2n, 1n, 3n] });
  };
  const bias = (tensor: string, start: string, end: string) =>
    input(3) === '' ? tensor : writer.add('Add', [tensor, writer.slice(input(3), start, end, 0n)]);

  const zero = () => writer.integers([0n]);
  // Queries and keys are of equal width, and what is left of the bias belongs to the values.
  const width = () => writer.unsqueeze(writer.length(input(0), 2n), [0n]);
  const twice = () => writer.add('Mul', [width(), writer.integers(2n)]);
  const query = split(bias(input(0), zero(), width()));
  const newest =
    form === 'split'
      ? ([input(1), input(2)] as const)
      : ([split(bias(input(1), width(), twice())), split(bias(input(2), twice(), writer.integers([END])))] as const);
  const join = (past: string, recent: string) => (past === '' ? recent : writer.add('Concat', [past, recent], { axis: 2n }));
  const [recentKey, recentValue] = newest;
  const [key, value] = [join(input(6), recentKey), join(input(7), recentValue)];
  for (const [tensor, present] of [
    [key, node.outputs[1] ?? ''],
    [value, node.outputs[2] ?? ''],
  ] as const)
    if (present !== '') writer.add('Identity', [tensor], {}, present);
  const maskForm = readMaskForm(index, input(4)) ?? 'none';
  return writeCore(writer, node, { query, key, value, mask: input(4), maskForm, bias: input(5) }, node.outputs[0] ?? '');
}
