import type { GradientWriter } from '../gradient-writer.js';
import type { Unary } from './write-unary.js';

/** The gradient of x / ‖x‖ₚ over an axis: (dy - s Σ(dy y)) / ‖x‖ with s the sign of x for p = 1 and y for p = 2; 0 where the norm is. */
export function writeNormalised({ x, y, dy }: Unary, writer: GradientWriter, axis: number, power: number): string {
  const size = power === 1 ? writer.add('Abs', [x]) : writer.times(x, x);
  const sum = writer.sumOver(size, [axis], true);
  const norm = power === 1 ? sum : writer.add('Sqrt', [sum]);
  const slope = power === 1 ? writer.add('Sign', [x]) : y;
  const along = writer.times(slope, writer.sumOver(writer.times(dy, y), [axis], true));
  const rest = writer.add('Div', [writer.add('Sub', [dy, along]), norm]);
  return writer.keepWhere(writer.add('Greater', [norm, writer.number(0)]), rest);
}
