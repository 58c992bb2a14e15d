import { scaleLinear } from 'd3-scale';
import type { FigureTarget } from '../attribution-slice.js';
import { formatScore } from '../text/format-number.js';
import { element, textElement } from '../svg/element.js';
import { FONT_SPREAD, measureText } from '../text/measure-text.js';

const SIZE = 12;
const HEIGHT = 38;
const GAP = 10;

/**
 * The way from the base (every feature absent) to the score, on a scale of its own: 0 … 1 for a probability, else from one to the other.
 */
export function drawScoreLine(
  target: FigureTarget & { readonly baseScore: number },
  left: number,
  top: number,
  width: number,
): { readonly body: string; readonly height: number } {
  const { baseScore, score, space } = target;
  const y = top + 28;
  const scale = scaleLinear()
    .domain(chooseDomain(target))
    .range([left + 2, left + width - 2]);
  const from = scale(baseScore);
  const to = scale(score);
  const hue = score < baseScore ? 'n' : 'p';
  const [base, end] = placeLabels(
    { text: `base ${formatScore(baseScore, space)}`, x: from },
    { text: `score ${formatScore(score, space)}`, x: to },
    left,
    left + width,
  );
  const label = (placed: PlacedLabel) => textElement(placed.text, { class: 't', x: placed.x, y: top + 14, 'font-size': SIZE });
  return {
    height: HEIGHT,
    body: [
      element('line', { class: 'l', x1: left, x2: left + width, y1: y, y2: y, 'stroke-width': 1 }),
      element('line', { class: `${hue}r`, x1: from, x2: to, y1: y, y2: y, 'stroke-width': 3 }),
      element('line', { class: 'k', x1: from, x2: from, y1: y - 6, y2: y + 6, 'stroke-width': 1.5 }),
      drawHead(to, y, Math.sign(score - baseScore), hue),
      label(base),
      label(end),
    ].join(''),
  };
}

/** A lime surrogate's base may lie beyond 0 … 1. */
function chooseDomain({ baseScore, score, space }: FigureTarget & { readonly baseScore: number }): [low: number, high: number] {
  const low = Math.min(baseScore, score);
  const high = Math.max(baseScore, score);
  if (space === 'probability') return [Math.min(low, 0), Math.max(high, 1)];
  const room = (high - low || 1) * 0.08;
  return [low - room, high + room];
}

function drawHead(x: number, y: number, direction: number, hue: string): string {
  if (direction === 0) return '';
  return element('path', { class: `${hue}s`, d: `M${x.toFixed(2)} ${y}l${-9 * direction} -6v12z` });
}

interface PlacedLabel {
  readonly text: string;
  readonly x: number;
}

/** Labels as near to their points as they can be without touching each other or leaving the line. */
function placeLabels(first: PlacedLabel, second: PlacedLabel, left: number, right: number): [PlacedLabel, PlacedLabel] {
  const [a, b] = first.x <= second.x ? [first, second] : [second, first];
  const widthOf = (label: PlacedLabel) => measureText(label.text, SIZE) * FONT_SPREAD;
  const clamp = (x: number, width: number) => Math.min(Math.max(x - width / 2, left), right - width);
  let ax = clamp(a.x, widthOf(a));
  let bx = clamp(b.x, widthOf(b));
  const overlap = ax + widthOf(a) + GAP - bx;
  if (overlap > 0) {
    const aside = Math.min(overlap / 2, ax - left);
    ax -= aside;
    bx = Math.min(bx + overlap - aside, right - widthOf(b));
    ax = Math.max(Math.min(ax, bx - GAP - widthOf(a)), left);
  }
  const placed = { a: { text: a.text, x: ax }, b: { text: b.text, x: bx } };
  return a === first ? [placed.a, placed.b] : [placed.b, placed.a];
}
