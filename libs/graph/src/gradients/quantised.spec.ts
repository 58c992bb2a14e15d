import { describe, expect, it } from '@jest/globals';
import { Tensor } from 'onnxruntime-node';
import { differentiateCase, expectGradient, type GradientCase } from '../../test/compare-gradient.js';
import { floats, int } from '../../test/compare-lowered.js';

const bytes = (shape: readonly number[], from: number) => {
  const length = shape.reduce((product, one) => product * one, 1);
  return new Tensor(
    'uint8',
    Uint8Array.from({ length }, (_, at) => ((at + from) * 89 + ((at * at) % 31) * 7) % 256),
    shape,
  );
};

interface Form {
  readonly bits: number;
  readonly width?: number;
  readonly block?: number;
  readonly zeros?: 'packed' | 'float';
  readonly level?: number;
  readonly rows?: readonly number[];
}

/** Three columns; linear in what is fed, so that differences of any step are exact. */
function multiply({ bits, width = 32, block = 16, zeros, level, rows = [2] }: Form): GradientCase {
  const blocks = Math.ceil(width / block);
  const packed = Math.ceil((blocks * bits) / 8);
  const points = { packed: bytes([3 * packed], 5), float: floats([3 * blocks], 9, 4) };
  return {
    op: 'MatMulNBits',
    domain: 'com.microsoft',
    inputs: [
      ['x', floats([...rows, width])],
      ['w', bytes([3, blocks, (block * bits) / 8], 0), 'stored'],
      ['scales', floats([3 * blocks], 70, 0.1), 'stored'],
      ...(zeros === undefined ? [] : [['zeros', points[zeros], 'stored'] as const]),
    ],
    attributes: {
      K: int(width),
      N: int(3),
      bits: int(bits),
      block_size: int(block),
      ...(level === undefined ? {} : { accuracy_level: int(level) }),
    },
    float: 'float32',
    step: 1,
    tolerance: 1e-5,
  };
}

describe('MatMulNBits', () => {
  it.each<readonly [string, Form]>([
    ['4 bits', { bits: 4 }],
    ['4 bits, of level 1', { bits: 4, level: 1 }],
    ['4 bits with zero points', { bits: 4, zeros: 'packed' }],
    ['4 bits with an odd number of zero points', { bits: 4, zeros: 'packed', width: 48 }],
    ['4 bits with zero points in float', { bits: 4, zeros: 'float' }],
    ['4 bits, the last block cut', { bits: 4, width: 40, zeros: 'packed' }],
    ['4 bits, blocks of 32', { bits: 4, width: 64, block: 32 }],
    ['8 bits', { bits: 8 }],
    ['8 bits with zero points', { bits: 8, zeros: 'packed' }],
    ['8 bits, the last block cut', { bits: 8, width: 24 }],
    ['2 bits', { bits: 2 }],
    ['2 bits with zero points', { bits: 2, zeros: 'packed', width: 48 }],
  ])('%s', async (_name, form) => {
    await expectGradient(multiply(form));
    await expectGradient((rows) => multiply({ ...form, rows: [rows, 2] }));
  });

  it('refuses what rounds its input', async () => {
    expect(await differentiateCase(multiply({ bits: 4, level: 4 }))).toMatchObject({
      operator: 'com.microsoft:MatMulNBits',
      detail: expect.stringContaining('accuracy_level') as unknown,
    });
  });
});
