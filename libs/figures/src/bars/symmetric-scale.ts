import { scaleLinear, type ScaleLinear } from 'd3-scale';

const SMALLEST = 1e-250;

/**
 * Linear from attributions to pixels, as far to the left of 0 as to the right.
 *
 * @param reach largest absolute value to be drawn
 */
export function symmetricScale(reach: number, left: number, right: number): ScaleLinear<number, number> {
  // Below this, steps between ticks vanish; bars this short would not be seen beside anything.
  const end = reach > SMALLEST ? reach : 1;
  return scaleLinear().domain([-end, end]).range([left, right]);
}
