import { scaleLinear, type ScaleLinear } from 'd3-scale';

/**
 * Linear from attributions to pixels, as far to the left of 0 as to the right.
 *
 * @param reach largest absolute value to be drawn
 */
export function symmetricScale(reach: number, left: number, right: number): ScaleLinear<number, number> {
  const end = reach > 0 ? reach : 1;
  return scaleLinear().domain([-end, end]).range([left, right]);
}
