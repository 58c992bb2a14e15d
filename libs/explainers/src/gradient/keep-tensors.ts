import type { DifferentiableInput } from '../contract/differentiable.js';
import type { Tensor } from '../contract/explanation.js';

/** Names of what a request may keep, and the numbers of each target. */
export interface KeptGradients {
  readonly keep: readonly ('gradient' | 'embedding')[];
  /** One for each target. */
  readonly gradients: readonly Float32Array[];
}

/** The tensors that a request asked for. */
export function keepTensors({ shape, values }: DifferentiableInput, { keep, gradients }: KeptGradients): readonly Tensor[] {
  return [
    ...(keep.includes('gradient') ? gradients.map((data, at) => keepNumbers('gradient', shape, data, { at, of: gradients.length })) : []),
    ...(keep.includes('embedding') ? [keepNumbers('embedding', shape, values)] : []),
  ];
}

/**
 * Numbers as an exact tensor of an explanation.
 *
 * @param target which of how many targets they belong to: with several its number stands behind the name
 */
export function keepNumbers(
  name: string,
  shape: readonly number[],
  numbers: ArrayLike<number>,
  target: { readonly at: number; readonly of: number } = { at: 0, of: 1 },
): Tensor {
  const data = numbers instanceof Float32Array ? numbers : Float32Array.from(numbers);
  return { name: target.of === 1 ? name : `${name}.${target.at}`, shape, dtype: 'f32', data, maxAbsError: 0 };
}
