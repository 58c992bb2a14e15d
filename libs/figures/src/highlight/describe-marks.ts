import type { TextSlice } from '../attribution-slice.js';
import { columnFormat, formatScore, type NumberFormat } from '../text/format-number.js';
import { nameFeatures } from '../name-features.js';
import type { Mark, MarkedText } from './mark-text.js';

const NAMED = 5;

/** One attribution in words. */
export function tellMark(mark: Mark, name: string, format: NumberFormat): string {
  if (mark.half === null) return `${name}: ${format(mark.attribution)}`;
  const doubt = mark.shade === 0 ? ', not distinguishable from 0' : '';
  return `${name}: ${format(mark.attribution)} ± ${format(mark.half).replace('+', '')} (95 %)${doubt}`;
}

/** What the highlighted text shows, in words: the strongest features first. */
export function describeMarks(marked: MarkedText, slice: TextSlice): string {
  const format = columnFormat(marked.largest, '+');
  const names = nameFeatures(slice.features);
  const strongest = slice.attributions
    .map((value, index) => ({ value, name: names[index] ?? '' }))
    .toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value))
    .slice(0, NAMED)
    .map(({ name, value }) => `${name} ${format(value)}`);
  const { space, baseScore } = slice.target;
  const base = baseScore === null ? '' : `From a base of ${formatScore(baseScore, space)}. `;
  return `${base}Strongest of ${slice.features.length}: ${strongest.join(', ')}.`;
}
