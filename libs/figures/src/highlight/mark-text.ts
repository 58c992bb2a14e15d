import type { TextSlice } from '../attribution-slice.js';
import { coversZero, halfWidth } from '../estimate.js';
import { SHADES } from '../colour/palette.js';

/** A stretch of the text that is shown in one way. Runs follow each other and make up the text. */
export interface Run {
  readonly start: number;
  readonly end: number;
  readonly mark: Mark | null;
  /** Not seen by the model. */
  readonly unexplained: boolean;
}

export interface Mark {
  /** Index of the feature. */
  readonly feature: number;
  readonly attribution: number;
  /** Half of the 95 % interval; null for an exact number. */
  readonly half: number | null;
  readonly hue: 'toward' | 'against';
  /** 1 … SHADES; 0 for what is not distinguishable from zero, null for zero itself. */
  readonly shade: number | null;
}

export interface MarkedText {
  readonly runs: readonly Run[];
  /** The end of the scale, which reaches as far to both sides of 0. */
  readonly largest: number;
  /** Features whose 95 % interval covers 0. */
  readonly doubtful: number;
}

/** Cuts a text into runs, each with the attribution of its feature. The shades are linear in the attribution. */
export function markText(slice: TextSlice): MarkedText {
  const largest = slice.attributions.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const marks = slice.features.map((_feature, index) => markFeature(slice, index, largest));
  const owners = ownText(slice);
  const unseen = new Uint8Array(slice.text.length);
  for (const [start, end] of slice.unexplained) unseen.fill(1, start, end);
  const runs: Run[] = [];
  for (let start = 0; start < slice.text.length;) {
    let end = start + 1;
    while (end < slice.text.length && owners[end] === owners[start] && unseen[end] === unseen[start]) end++;
    runs.push({ start, end, mark: marks[owners[start] ?? -1] ?? null, unexplained: unseen[start] === 1 });
    start = end;
  }
  return { runs, largest, doubtful: marks.filter((mark) => mark.shade === 0).length };
}

/** Per code unit the feature it belongs to, -1 for none. Features of one explanation do not overlap. */
function ownText(slice: TextSlice): Int32Array {
  const owners = new Int32Array(slice.text.length).fill(-1);
  slice.features.forEach((feature, index) => {
    const spans = 'spans' in feature ? feature.spans : 'span' in feature ? [feature.span] : [];
    for (const [start, end] of spans) owners.fill(index, start, end);
  });
  return owners;
}

function markFeature(slice: TextSlice, feature: number, largest: number): Mark {
  const attribution = slice.attributions[feature] ?? 0;
  const half = halfWidth(slice.standardErrors, feature);
  const hue = attribution < 0 ? 'against' : 'toward';
  const strength = largest === 0 ? 0 : Math.abs(attribution) / largest;
  const shade = attribution === 0 && !(half !== null && half > 0) ? null : Math.max(Math.round(strength * SHADES), 1);
  return { feature, attribution, half, hue, shade: coversZero(attribution, half) ? 0 : shade };
}
