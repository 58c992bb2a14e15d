import type { DifferentiableInput } from '../contract/differentiable.js';
import type { Tensor } from '../contract/explanation.js';

/** Names of what a request may keep, and the numbers of each target. */
export interface KeptGradients {
  readonly keep: readonly ('gradient' | 'embedding')[];
  /** One for each target. */
  readonly gradients: readonly Float32Array[];
}

/** The tensors that a request asked for: with several targets their number stands behind the name. */
export function keepTensors({ shape, values }: DifferentiableInput, { keep, gradients }: KeptGradients): readonly Tensor[] {
  const make = (name: string, data: Float32Array): Tensor => ({ name, shape, dtype: 'f32', data, maxAbsError: 0 });
  return [
    ...(keep.includes('gradient') ? gradients.map((data, at) => make(gradients.length === 1 ? 'gradient' : `gradient.${at}`, data)) : []),
    ...(keep.includes('embedding') ? [make('embedding', values)] : []),
  ];
}
