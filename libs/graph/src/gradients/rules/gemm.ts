import type { GradientRule } from '../gradient-rule.js';

/** α A B + β C, either turned: α dY Bᵀ, α Aᵀ dY, β dY. */
export const gemm: GradientRule = {
  write: (node, writer) => {
    const [a, b, dy] = [node.input(0), node.input(1), node.upstream()];
    const [turnedA, turnedB] = [node.integer('transA', 0) === 1, node.integer('transB', 0) === 1];
    const alpha = node.float('alpha', 1);
    const product = (one: string, other: string, transA: boolean, transB: boolean) =>
      writer.add('Gemm', [one, other], { alpha, transA: transA ? 1n : 0n, transB: transB ? 1n : 0n });
    const own = (at: number) => writer.unbroadcast(node.upstream(), node.output(0), node.input(at));
    const first = () => (turnedA ? product(b, dy, turnedB, true) : product(dy, b, false, !turnedB));
    const second = () => (turnedB ? product(dy, a, true, turnedA) : product(a, dy, !turnedA, false));
    return [node.wants(0) ? first() : '', node.wants(1) ? second() : '', node.wants(2) ? writer.scale(own(2), node.float('beta', 1)) : ''];
  },
};
