import type { NodeWriter } from '../edit/node-writer.js';
import type { GraphIndex } from '../graph-index.js';
import type { GraphNode } from '../model-graph.js';
import { readInteger } from './read-attribute.js';
import { readMaskForm } from './read-mask-form.js';
import { writeCore, type LoweredAttention } from './write-core.js';

/**
 * Writes com.microsoft Attention, which projects its input itself, as primitive nodes. To be asked only for a node that `checkLowering` lets
 * pass.
 */
export function lowerAttention(index: GraphIndex, node: GraphNode, writer: NodeWriter): LoweredAttention {
  const input = (at: number) => node.inputs[at] ?? '';
  const heads = BigInt(readInteger(node, 'num_heads') ?? 1);
  const product = writer.add('MatMul', [input(0), input(1)]);
  const projected = input(2) === '' ? product : writer.add('Add', [product, input(2)]);
  const ends = findEnds(index, node);
  const [query, newKey, newValue] = ends.map((end, part) => {
    const start = writer.integers([part === 0 ? 0n : (ends[part - 1] ?? 0n)]);
    const piece = writer.slice(projected, start, writer.integers([end]), 2n);
    const split = writer.add('Reshape', [piece, writer.integers([0n, 0n, heads, -1n])]);
    return writer.add('Transpose', [split], { perm: [0n, 2n, 1n, 3n] });
  });
  // [2, batch, heads, past, head size]
  const past = (part: bigint, recent: string) =>
    input(4) === ''
      ? recent
      : writer.add('Concat', [writer.add('Gather', [input(4), writer.integers(part)], { axis: 0n }), recent], { axis: 2n });
  const [key, value] = [past(0n, newKey ?? ''), past(1n, newValue ?? '')];
  const present = node.outputs[1] ?? '';
  if (present !== '') writer.add('Concat', [writer.unsqueeze(key, [0n]), writer.unsqueeze(value, [0n])], { axis: 0n }, present);
  const maskForm = readMaskForm(index, input(3)) ?? 'none';
  return writeCore(writer, node, { query: query ?? '', key, value, mask: input(3), maskForm, bias: input(5) }, node.outputs[0] ?? '');
}

/** Where the queries, keys and values end among the columns of the weights. */
function findEnds(index: GraphIndex, node: GraphNode): readonly [bigint, bigint, bigint] {
  const sizes = node.attributes.get('qkv_hidden_sizes');
  const [query, key, value] = sizes?.kind === 'ints' ? sizes.value : [];
  if (query !== undefined && key !== undefined && value !== undefined) return [query, query + key, query + key + value];
  const columns = BigInt(index.graph.initializers.get(node.inputs[1] ?? '')?.shape[1] ?? 0);
  return [columns / 3n, (columns / 3n) * 2n, columns];
}
