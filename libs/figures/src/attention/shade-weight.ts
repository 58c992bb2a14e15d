import { SHADES } from '../colour/palette.js';

/**
 * The shade of a weight: 1 … SHADES in even steps up to the largest, each with its upper end; 0 is for 0 alone, so that what is
 * masked differs from what is small.
 */
export function shadeWeight(weight: number, largest: number): number {
  return weight > 0 ? Math.min(Math.max(Math.ceil((weight / largest) * SHADES), 1), SHADES) : 0;
}
