import { compensatedSum } from '#numeric';
import type { AttributionSlice } from '../attribution-slice.js';
import { coversZero, halfWidth } from '../estimate.js';
import { cutRows } from './cut-rows.js';
import { nameFeatures } from '../name-features.js';

export interface Bar {
  readonly name: string;
  readonly value: number;
  /** Half of the 95 % interval; null for an exact number. */
  readonly half: number | null;
  readonly doubtful: boolean;
}

export interface RankedBars {
  /** The largest by absolute value, largest first. */
  readonly bars: readonly Bar[];
  /** Features beyond those, and the sum of their attributions. */
  readonly omitted: { readonly count: number; readonly sum: number };
}

/** @param most bars shown, as `cutRows` takes it */
export function rankBars(slice: AttributionSlice, most: number): RankedBars {
  const names = nameFeatures(slice.features);
  const all = slice.attributions
    .map((value, index): Bar => {
      const half = halfWidth(slice.standardErrors, index);
      return { name: names[index] ?? '', value, half, doubtful: coversZero(value, half) };
    })
    .toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const { shown, rest } = cutRows(all, most);
  return { bars: shown, omitted: { count: rest.length, sum: compensatedSum(rest.map((bar) => bar.value)) } };
}
