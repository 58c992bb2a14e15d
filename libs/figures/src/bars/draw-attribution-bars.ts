import type { AttributionSlice } from '../attribution-slice.js';
import { hueLetters } from '../colour/figure-style.js';
import { columnFormat, formatScore, type NumberFormat } from '../text/format-number.js';
import { nameTarget, nameUnit } from '../name-target.js';
import { element, textElement } from '../svg/element.js';
import type { Figure } from '../svg/figure.js';
import { hatch } from '../svg/hatch.js';
import { wrapLabel } from '../text/wrap-label.js';
import { drawAxis, drawBarLegend } from './draw-axis.js';
import { drawScoreLine } from './draw-score-line.js';
import { layOutRows, type RowPlace } from './lay-out-rows.js';
import { rankBars, type Bar } from './rank-bars.js';
import { symmetricScale } from './symmetric-scale.js';

const MARGIN = 16;
const HEADING = 15;
const HEADING_LINE = 20;
const THICKNESS = 14;

/** Bars that a figure shows where nothing else is asked for. */
export const MOST_BARS = 20;

/**
 * The attributions of one target as bars to both sides of 0, largest first, with whiskers for their 95 % intervals, below the
 * line that leads from the base to the score.
 *
 * @param width of the figure in pixels; below 520 the labels stand over the bars
 * @param most bars; the rest is one line with its sum
 */
export function drawAttributionBars(slice: AttributionSlice, width: number, most = MOST_BARS): Figure {
  const { target } = slice;
  const { bars, omitted } = rankBars(slice, most);
  const largest = bars.reduce((longest, bar) => Math.max(longest, Math.abs(bar.value)), 0);
  const format = columnFormat(largest, '+');
  const inner = width - 2 * MARGIN;
  const title = `${nameTarget(target)}: ${formatScore(target.score, target.space)}`;
  const heading = wrapLabel(title, inner, HEADING, 3, true);
  const lineTop = MARGIN + heading.length * HEADING_LINE + 4;
  const scoreLine = drawScoreLine(target, MARGIN, lineTop, inner);
  const legend = drawBarLegend(nameUnit(target), bars, MARGIN, lineTop + scoreLine.height + 8, inner);
  const top = lineTop + scoreLine.height + 8 + legend.height + 8;
  const numbers = bars.map((bar) => tellNumber(bar, format));
  const more = omitted.count === 0 ? [] : [`and ${omitted.count} more, together`];
  const rows = layOutRows([...bars.map((bar) => bar.name), ...more], [...numbers, ...(more.length > 0 ? [format(omitted.sum)] : [])], {
    ...{ x: MARGIN, y: top, width: inner },
  });
  const reach = bars.reduce((far, bar) => Math.max(far, Math.abs(bar.value) + (bar.half ?? 0)), 0);
  const scale = symmetricScale(reach, rows.bars.x, rows.bars.x + rows.bars.width);
  const axis = drawAxis(scale, rows.bottom, top, largest);
  return {
    width,
    height: rows.bottom + axis.height + MARGIN,
    title,
    description: describe(slice, bars, format, omitted.count),
    body: [
      ...heading.map((line, index) =>
        textElement(line, {
          ...{ class: 't', x: MARGIN, y: MARGIN + HEADING + index * HEADING_LINE, 'font-size': HEADING },
          'font-weight': 600,
        }),
      ),
      scoreLine.body,
      legend.body,
      axis.body,
      ...rows.rows.map((row, index) => {
        const bar = bars[index];
        return row.markup + (bar === undefined ? '' : drawBar(bar, row, scale));
      }),
    ].join(''),
  };
}

function drawBar(bar: Bar, row: RowPlace, scale: (value: number) => number): string {
  const letter = hueLetters[bar.value < 0 ? 'against' : 'toward'];
  const x = Math.min(scale(0), scale(bar.value));
  const width = Math.abs(scale(bar.value) - scale(0));
  const y = row.middle - THICKNESS / 2;
  const box = { x, y, width, height: THICKNESS };
  const body = bar.doubtful
    ? element('rect', { class: `${letter}0`, ...box }) + hatch(`${letter}h`, x, y, width, THICKNESS)
    : element('rect', { class: `${letter}s`, ...box });
  if (bar.half === null || bar.half === 0) return body;
  return body + drawWhisker(scale(bar.value - bar.half), scale(bar.value + bar.half), row.middle);
}

function drawWhisker(from: number, to: number, y: number): string {
  const path = `M${from.toFixed(2)} ${y}H${to.toFixed(2)}M${from.toFixed(2)} ${y - 4}V${y + 4}M${to.toFixed(2)} ${y - 4}V${y + 4}`;
  return element('path', { class: 'k', d: path, fill: 'none', 'stroke-width': 1.4 });
}

function tellNumber(bar: Bar, format: NumberFormat): string {
  return bar.half === null ? format(bar.value) : `${format(bar.value)} ± ${format(bar.half).replace('+', '')}`;
}

function describe(slice: AttributionSlice, bars: readonly Bar[], format: NumberFormat, omitted: number): string {
  const listed = bars.map((bar) => `${bar.name} ${tellNumber(bar, format)}`).join('; ');
  const { space, baseScore } = slice.target;
  const rest = omitted === 0 ? '' : ` and ${omitted} more`;
  return `From a base of ${formatScore(baseScore, space)}. ${listed}${rest}.`;
}
