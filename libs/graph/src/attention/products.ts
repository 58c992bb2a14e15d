/** Operators that multiply two tensors as matrices. */
export const products: ReadonlySet<string> = new Set(['MatMul', 'FusedMatMul', 'MatMulInteger', 'QLinearMatMul', 'Einsum']);
