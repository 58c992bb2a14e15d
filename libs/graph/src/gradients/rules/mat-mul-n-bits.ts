import type { DifferentiatedNode } from '../differentiated-node.js';
import type { GradientRule } from '../gradient-rule.js';
import type { GradientWriter } from '../gradient-writer.js';

/**
 * A times the transpose of weights [N, K] of few bits: dY W, with W made float again. Blocks of numbers along K have a scale and a zero point;
 * bytes hold the lower bits first.
 *
 * Source: ONNX Runtime, docs/ContribOperators.md, MatMulNBits: B [N, blocks, bytes of a block], scales [N x blocks], zero points packed as B is,
 * or of the type of A; 2^(bits - 1) where there are none.
 */
export const matMulNBits: GradientRule = {
  refuse: (node) => {
    if (node.integer('accuracy_level', 0) > 1) return 'rounds its input to fewer bits (accuracy_level)';
    if (node.has(4)) return 'orders its weights by groups (g_idx)';
    if ([1, 2, 3, 5].some((at) => node.wants(at))) return 'has weights that depend on the input';
    return [2, 4, 8].includes(node.integer('bits', 4)) ? null : 'has weights of an unusual number of bits';
  },
  write: (node, writer) => [writer.add('MatMul', [node.upstream(), writeWeights(node, writer)])],
};

/** [N, K] */
function writeWeights(node: DifferentiatedNode, writer: GradientWriter): string {
  const [columns, width, block] = [node.integer('N', 0), node.integer('K', 0), node.integer('block_size', 32)];
  const blocks = Math.ceil(width / block);
  const shape = (tensor: string, lengths: readonly number[]) => writer.add('Reshape', [tensor, writer.integers(lengths.map(BigInt))]);
  const typed = (at: number) => (node.facts.of(node.input(at)).type === writer.float ? node.input(at) : writer.toFloat(node.input(at)));
  const numbers = shape(unpack(node.input(1)), [columns, blocks, block]);
  const centred = writer.add('Sub', [numbers, readZeros()]);
  const whole = shape(writer.times(centred, shape(typed(2), [columns, blocks, 1])), [columns, blocks * block]);
  return blocks * block === width ? whole : writer.part(whole, 0n, BigInt(width), 1n);

  function readZeros(): string {
    const bits = node.integer('bits', 4);
    if (!node.has(3)) return writer.number(2 ** (bits - 1));
    if (node.facts.isFloat(node.input(3))) return shape(typed(3), [columns, blocks, 1]);
    const rows = shape(unpack(node.input(3)), [columns, -1]);
    return shape(writer.part(rows, 0n, BigInt(blocks), 1n), [columns, blocks, 1]);
  }

  /** Several numbers for each byte, on a new last axis: what is above so many bits, without what is above the next. */
  function unpack(bytes: string): string {
    const [bits, wide] = [node.integer('bits', 4), writer.toFloat(bytes)];
    if (bits === 8) return wide;
    const shifted = Array.from({ length: 8 / bits + 1 }, (_, at) => {
      if (at === 0) return wide;
      return at * bits === 8 ? null : writer.add('Floor', [writer.scale(wide, 2 ** (-bits * at))]);
    });
    const parts = shifted.slice(0, -1).map((lower, at) => {
      const upper = shifted[at + 1] ?? null;
      const part = upper === null ? (lower ?? wide) : writer.add('Sub', [lower ?? wide, writer.scale(upper, 2 ** bits)]);
      return writer.unsqueeze(part, [-1n]);
    });
    return writer.add('Concat', parts, { axis: -1n });
  }
}
