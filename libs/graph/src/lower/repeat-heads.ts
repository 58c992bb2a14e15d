import type { NodeWriter } from '../edit/node-writer.js';

/**
 * Keys or values that several query heads share, once for each of them: [batch, shared heads, tokens, size] to [batch, heads, tokens, size].
 *
 * @param times how many query heads share one: a number, or a list of one int64 in the graph
 */
export function repeatHeads(writer: NodeWriter, tensor: string, times: number | string): string {
  if (times === 1) return tensor;
  const target =
    typeof times === 'number'
      ? writer.integers([1n, 1n, BigInt(times), 1n, 1n])
      : writer.add('Concat', [writer.integers([1n, 1n]), times, writer.integers([1n, 1n])], { axis: 0n });
  const repeated = writer.add('Expand', [writer.unsqueeze(tensor, [2n]), target]);
  const shape = [writer.lengths(tensor, 0n, 1n), writer.integers([-1n]), writer.lengths(tensor, 2n)];
  return writer.add('Reshape', [repeated, writer.add('Concat', shape, { axis: 0n })]);
}
