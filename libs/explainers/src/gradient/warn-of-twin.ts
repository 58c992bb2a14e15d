import type { DifferentiableInput } from '../contract/differentiable.js';
import type { Warning } from '../contract/explanation.js';

/** Says where the gradient is that of a twin of the file. */
export function warnOfTwin({ rounded }: DifferentiableInput, shift: number | null): readonly Warning[] {
  if (rounded.length === 0) return [];
  const moved = shift === null ? '' : ` The twin's score differs from the file's by ${shift.toPrecision(3)}.`;
  return [
    {
      code: 'GRADIENT_OF_TWIN',
      message: `${rounded.length} products of the file round what they read (accuracy level 4), such as ${rounded[0] ?? ''}; the gradient is that of the same weights without rounding.${moved}`,
    },
  ];
}
