import type { GradientWriter } from '../gradient-writer.js';

export interface Scattered {
  readonly zeros: string;
  readonly indices: string;
  readonly numbers: string;
  /** Of ScatterElements; null for ScatterND. */
  readonly axis: number | null;
}

/** Adds numbers up at their places, from version 16 on. The runtime adds no float16 there: that is done in float32. */
export function scatterAdd(writer: GradientWriter, { zeros, indices, numbers, axis }: Scattered): string {
  const half = writer.float === 'float16';
  const inputs = [half ? writer.cast(zeros, 'float32') : zeros, indices, half ? writer.cast(numbers, 'float32') : numbers];
  const sum =
    axis === null
      ? writer.add('ScatterND', inputs, { reduction: 'add' })
      : writer.add('ScatterElements', inputs, { axis: BigInt(axis), reduction: 'add' });
  return half ? writer.toFloat(sum) : sum;
}
