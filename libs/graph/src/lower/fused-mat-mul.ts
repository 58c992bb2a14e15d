import type { NodeWriter } from '../edit/node-writer.js';
import type { FusedNode } from './fused-node.js';
import type { Lowering } from './lowering.js';

/**
 * com.microsoft FusedMatMul: alpha * A * B. `transBatchA` turns A [rows, batch..., inner] to [batch..., rows, inner] first, `transA` the last
 * two axes then; the same for B.
 *
 * Source: ONNX Runtime, docs/ContribOperators.md and core/providers/cpu/math/matmul_helper.h.
 */
export const fusedMatMul: Lowering = {
  refuse: (fused) => {
    const turned = ['transA', 'transB', 'transBatchA', 'transBatchB'].filter((name) => fused.integer(name, 0) === 1);
    const unknown = turned.find((name) => fused.rank(name.endsWith('A') ? 0 : 1) === null);
    return unknown === undefined ? null : `has ${unknown} for a factor whose rank the graph does not tell`;
  },
  write: (fused, writer) => {
    const factors = [writeFactor(fused, writer, 0, 'A'), writeFactor(fused, writer, 1, 'B')];
    const alpha = fused.float('alpha', 1);
    if (alpha === 1) writer.add('MatMul', factors, {}, fused.output(0));
    else writer.add('Mul', [writer.add('MatMul', factors), writer.number(alpha)], {}, fused.output(0));
  },
};

function writeFactor(fused: FusedNode, writer: NodeWriter, at: number, side: 'A' | 'B'): string {
  const rank = fused.rank(at) ?? 0;
  let perm = Array.from({ length: rank }, (_, axis) => BigInt(axis));
  // A vector has nothing to turn.
  if (rank > 2 && fused.integer(`transBatch${side}`, 0) === 1) perm = [...perm.slice(1, -1), 0n, ...perm.slice(-1)];
  if (rank > 1 && fused.integer(`trans${side}`, 0) === 1) perm = [...perm.slice(0, -2), ...perm.slice(-2).reverse()];
  return perm.every((axis, place) => axis === BigInt(place)) ? fused.input(at) : writer.add('Transpose', [fused.input(at)], { perm });
}
