import { describe, expect, it } from '@jest/globals';
import { floats, int, runLowered, type LoweredCase } from '../../test/compare-lowered.js';

const x = floats([2, 3, 8]);

/** What the operators without a kernel for a processor give, from their description. */
describe('operators that no kernel here holds against them', () => {
  const gelu = (number: number) => (number / 2) * (1 + erf(number / Math.SQRT2));
  const read = (tensor: { readonly data: ArrayLike<unknown> }) => Array.from(tensor.data, Number);
  const expectNear = (actual: readonly number[], expected: readonly number[]) => {
    expect(actual).toHaveLength(expected.length);
    expected.forEach((value, at) => expect(actual[at]).toBeCloseTo(value, 5));
  };
  const [bias, skip] = [floats([8], 50), floats([2, 3, 8], 90)];
  const sum = read(x).map((value, at) => value + Number(bias.data[at % 8]));
  const give = async (one: LoweredCase) => {
    const { outputs } = await runLowered(one);
    return outputs['y'] === undefined ? [] : read(outputs['y']);
  };

  it('BiasAdd', async () => {
    const actual = await give({
      op: 'BiasAdd',
      inputs: [
        ['x', x],
        ['bias', bias],
        ['skip', skip],
      ],
    });
    expectNear(
      actual,
      sum.map((value, at) => value + Number(skip.data[at])),
    );
  });

  it('BiasSplitGelu', async () => {
    const actual = await give({
      op: 'BiasSplitGelu',
      inputs: [
        ['x', x],
        ['bias', bias],
      ],
    });
    const expected = Array.from({ length: 24 }, (_, at) => {
      const from = Math.floor(at / 4) * 8 + (at % 4);
      return (sum[from] ?? NaN) * gelu(sum[from + 4] ?? NaN);
    });
    expectNear(actual, expected);
  });

  it.each([
    ['the last axis', 2, 8],
    ['axes that are taken together', 1, 24],
    ['the last axis, from the end', -1, 8],
    ['all axes, from the end', -3, 48],
  ] as const)('BiasSoftmax over %s', async (_name, axis, length) => {
    const attributes = { axis: int(axis), is_inner_broadcast: int(0) };
    const actual = await give({
      op: 'BiasSoftmax',
      inputs: [
        ['x', x],
        ['bias', bias],
      ],
      attributes,
    });
    const powers = sum.map(Math.exp);
    const totals = Array.from({ length: 48 / length }, (_, row) => powers.slice(row * length, (row + 1) * length).reduce((a, b) => a + b));
    expectNear(
      actual,
      powers.map((power, at) => power / (totals[Math.floor(at / length)] ?? NaN)),
    );
  });

  it('gives mean and inverse deviation, which the kernel of SkipLayerNormalization leaves unwritten', async () => {
    for (const opset of [14, 17]) {
      const inputs = [
        ['x', x],
        ['skip', skip],
        ['gamma', floats([8], 10)],
      ] as const;
      const { outputs } = await runLowered({ op: 'SkipLayerNormalization', inputs, outputs: ['y', 'mean', 'inverse'], options: { opset } });
      const first = Array.from({ length: 8 }, (_, at) => Number(x.data[at]) + Number(skip.data[at]));
      const mean = first.reduce((a, b) => a + b) / 8;
      const variance = first.reduce((total, value) => total + (value - mean) ** 2, 0) / 8;
      expect(Number(outputs['mean']?.data[0])).toBeCloseTo(mean, 5);
      expect(Number(outputs['inverse']?.data[0])).toBeCloseTo(1 / Math.sqrt(variance), 4);
    }
  });
});

/** By its series, for the small numbers here. */
function erf(number: number): number {
  let [term, total] = [number, number];
  for (let n = 1; n < 60; n++) {
    term *= -(number * number) / n;
    total += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * total;
}
