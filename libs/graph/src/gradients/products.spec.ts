import { describe, expect, it } from '@jest/globals';
import { Tensor } from 'onnxruntime-node';
import { differentiateCase, expectGradient, type GradientCase } from '../../test/compare-gradient.js';
import { floats, int } from '../../test/compare-lowered.js';

describe('MatMul', () => {
  it.each<readonly [string, readonly number[], readonly number[]]>([
    ['of matrices', [3, 4], [4, 5]],
    ['of a batch with one matrix', [2, 3, 4], [4, 5]],
    ['of a batch of batches with one matrix', [2, 2, 3, 4], [4, 5]],
    ['of one matrix with a batch', [3, 4], [2, 4, 5]],
    ['of batches', [2, 3, 4], [2, 4, 5]],
    ['of batches repeated on the left', [1, 3, 4], [2, 4, 5]],
    ['of batches repeated on the right', [2, 6, 3, 4], [2, 1, 4, 5]],
    ['of batches with less axes on the right', [2, 6, 3, 4], [6, 4, 5]],
    ['of batches with less axes on the left', [6, 3, 4], [2, 6, 4, 5]],
    ['of batches repeated on both sides', [2, 1, 3, 4], [1, 6, 4, 5]],
    ['of vectors', [4], [4]],
    ['of a matrix and a vector', [3, 4], [4]],
    ['of a batch and a vector', [2, 3, 4], [4]],
    ['of a vector and a matrix', [4], [4, 5]],
    ['of a vector and a batch', [4], [2, 4, 5]],
    ['of a column and a row', [3, 1], [1, 5]],
  ])('%s', async (_name, a, b) => {
    await expectGradient({
      op: 'MatMul',
      inputs: [
        ['a', floats(a)],
        ['b', floats(b, 50)],
      ],
    });
  });

  it.each<readonly [string, string, GradientCase['attributes']]>([
    ['MatMul', 'two', {}],
    ['Gemm', 'three', { transB: int(1), alpha: 0.5, beta: 2 }],
    ['Einsum', 'two', { equation: 'ij,kj->ik' }],
  ])('%s of a matrix in all its places', async (op, count, attributes) => {
    const own = ['x', floats([3, 3])] as const;
    await expectGradient({ op, inputs: count === 'three' ? [own, own, own] : [own, own], attributes });
  });

  it('of rows that vary', async () => {
    await expectGradient((rows) => ({
      op: 'MatMul',
      inputs: [
        ['a', floats([rows, 3, 4])],
        ['b', floats([4, 5], 50)],
      ],
    }));
    await expectGradient((rows) => ({
      op: 'MatMul',
      inputs: [
        ['a', floats([rows, 2, 3, 4])],
        ['b', floats([1, 2, 4, rows], 50)],
      ],
    }));
  });
});

describe('Gemm', () => {
  const [alpha, beta] = [0.5, 1.5];
  const shapes: readonly (readonly number[] | null)[] = [null, [5], [1, 5], [3, 1], [3, 5], [1], []];
  const forms = [0, 1].flatMap((transA) =>
    [0, 1].flatMap((transB) => shapes.map((c) => [transA, transB, c === null ? 'no C' : `C of [${c.join()}]`, c] as const)),
  );
  it.each(forms)('transA %d, transB %d, %s', async (transA, transB, _name, c) => {
    await expectGradient({
      op: 'Gemm',
      inputs: [
        ['a', floats(transA === 1 ? [4, 3] : [3, 4])],
        ['b', floats(transB === 1 ? [5, 4] : [4, 5], 40)],
        ...(c === null ? [] : [['c', floats(c, 80)] as const]),
      ],
      attributes: { alpha, beta, transA: int(transA), transB: int(transB) },
    });
  });

  it('without attributes, of rows that vary', async () => {
    await expectGradient((rows) => ({
      op: 'Gemm',
      inputs: [
        ['a', floats([rows, 4])],
        ['b', floats([4, 5], 40)],
        ['c', floats([5], 80)],
      ],
    }));
  });
});

describe('Trilu', () => {
  it.each([
    [0, null],
    [1, null],
    [1, 1],
    [0, -1],
  ])('upper %d, diagonal %p', async (upper, diagonal) => {
    const k = diagonal === null ? [] : [['k', new Tensor('int64', BigInt64Array.of(BigInt(diagonal)), []), 'stored'] as const];
    await expectGradient({ op: 'Trilu', inputs: [['x', floats([2, 3, 4])], ...k], attributes: { upper: int(upper) } });
  });
});

describe('Einsum', () => {
  it.each<readonly [string, readonly (readonly number[])[]]>([
    [
      'ij,jk->ik',
      [
        [2, 3],
        [3, 4],
      ],
    ],
    [
      'bhqd,bhkd->bhqk',
      [
        [2, 3, 4, 5],
        [2, 3, 2, 5],
      ],
    ],
    [
      'bij, bjk -> bik',
      [
        [2, 3, 4],
        [2, 4, 5],
      ],
    ],
    ['ij->ji', [[2, 3]]],
    ['ij->i', [[2, 3]]],
    [
      'ij,jk->k',
      [
        [2, 3],
        [3, 4],
      ],
    ],
    [
      'ij,kl->',
      [
        [2, 3],
        [4, 2],
      ],
    ],
    ['i,j->ij', [[2], [3]]],
    [
      'ij,jk,kl->il',
      [
        [2, 3],
        [3, 4],
        [4, 2],
      ],
    ],
  ])('%s', async (equation, shapes) => {
    const inputs = shapes.map((shape, at) => [`x${at}`, floats(shape, 40 * at)] as const);
    await expectGradient({ op: 'Einsum', inputs, attributes: { equation } });
  });

  it('of rows that vary', async () => {
    await expectGradient((rows) => ({
      op: 'Einsum',
      inputs: [
        ['a', floats([rows, 3, 4])],
        ['b', floats([5, 4], 40)],
      ],
      attributes: { equation: 'bij,kj->bk' },
    }));
  });

  it.each<readonly [string, readonly (readonly number[])[]]>([
    [
      'ij,jk',
      [
        [2, 3],
        [3, 4],
      ],
    ],
    [
      '...ij,jk->...ik',
      [
        [2, 3],
        [3, 4],
      ],
    ],
    ['ii->i', [[3, 3]]],
    [
      'ij,ij->ij',
      [
        [2, 3],
        [1, 3],
      ],
    ],
  ])('refuses %s', async (equation, shapes) => {
    const inputs = shapes.map((shape, at) => [`x${at}`, floats(shape, 40 * at)] as const);
    expect(await differentiateCase({ op: 'Einsum', inputs, attributes: { equation } })).toHaveProperty('operator', 'Einsum');
  });
});
