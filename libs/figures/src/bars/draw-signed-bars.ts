import type { ScaleLinear } from 'd3-scale';
import { hueLetters } from '../colour/figure-style.js';
import { drawHeading } from '../svg/draw-heading.js';
import { element } from '../svg/element.js';
import type { Figure } from '../svg/figure.js';
import { flowItems } from '../svg/flow-items.js';
import { hatch } from '../svg/hatch.js';
import { boxItem, doubtfulItem, noteItem, whiskerItem } from '../svg/legend-items.js';
import { columnFormat, type NumberFormat } from '../text/format-number.js';
import { drawAxis } from './draw-axis.js';
import { drawWhisker } from '../svg/draw-whisker.js';
import { layOutRows, type RowPlace } from './lay-out-rows.js';
import type { Bar, RankedBars } from './rank-bars.js';
import { symmetricScale } from './symmetric-scale.js';

const MARGIN = 16;
const THICKNESS = 14;

export interface SignedBars extends RankedBars {
  readonly title: string;
  /** Begins the description. */
  readonly intro: string;
  /** Of the numbers. */
  readonly unit: string;
  /** Whether bars lead to both sides; else they are sizes. True where it is left out. */
  readonly isSigned?: boolean;
  /** Of the intervals, such as `95 %`. */
  readonly confidence: string;
  /** Drawn between the title and the legend. */
  readonly drawAbove?: (x: number, y: number, width: number) => { readonly body: string; readonly height: number };
}

/** Bars to both sides of 0, or of sizes to one, with whiskers for their intervals, in the order given; what is left out is a line with its sum. */
export function drawSignedBars(from: SignedBars, width: number): Figure {
  const { bars, omitted, isSigned = true } = from;
  const format = columnFormat(
    bars.reduce((longest, bar) => Math.max(longest, Math.abs(bar.value)), 0),
    isSigned ? '+' : '-',
  );
  const inner = width - 2 * MARGIN;
  const heading = drawHeading(from.title, MARGIN, MARGIN, inner);
  let y = MARGIN + heading.height + 4;
  const above = from.drawAbove?.(MARGIN, y, inner) ?? { body: '', height: 0 };
  y += above.height + 8;
  const legend = flowItems(listLegend(bars, from), MARGIN, y, inner);
  const top = y + legend.height + 8;
  const shown = bars.map((bar) => ({ label: bar.name, number: tellNumber(bar, format) }));
  const more = omitted.count === 0 ? [] : [{ label: `and ${omitted.count} more, together`, number: format(omitted.sum) }];
  const rows = layOutRows([...shown, ...more], { x: MARGIN, y: top, width: inner, thickness: THICKNESS });
  const reach = bars.reduce((far, bar) => Math.max(far, Math.abs(bar.value) + (bar.half ?? 0)), 0);
  const scale = symmetricScale(reach, rows.area.x, rows.area.x + rows.area.width);
  // Sizes have no left side.
  if (!isSigned && bars.every(({ value }) => value >= 0)) scale.domain([0, scale.domain()[1] ?? 1]);
  const axis = drawAxis(scale, top, rows.bottom, format);
  const drawn = rows.rows.map((row, index) => {
    const bar = bars[index];
    return row.markup + (bar === undefined ? '' : drawBar(bar, row, scale));
  });
  const listed = shown.map(({ label, number }) => `${label} ${number}`).join('; ');
  return {
    width,
    height: rows.bottom + axis.height + MARGIN,
    title: from.title,
    description: `${from.intro} ${listed}${omitted.count === 0 ? '' : ` and ${omitted.count} more`}.`,
    body: [heading.body, above.body, legend.body, axis.body, ...drawn].join(''),
  };
}

function listLegend(bars: readonly Bar[], { unit, confidence, isSigned = true }: SignedBars) {
  return [
    ...(isSigned ? [boxItem('against', 'ns'), boxItem('toward', 'ps')] : [boxItem('size', 'ps')]),
    ...(bars.some((bar) => bar.half !== null && bar.half > 0) ? [whiskerItem(`± and whisker: ${confidence} interval`)] : []),
    ...(bars.some((bar) => bar.doubtful) ? [doubtfulItem('not distinguishable from 0')] : []),
    noteItem(`in ${unit}`),
  ];
}

function drawBar(bar: Bar, row: RowPlace, scale: ScaleLinear<number, number>): string {
  const letter = hueLetters[bar.value < 0 ? 'against' : 'toward'];
  const x = Math.min(scale(0), scale(bar.value));
  const width = Math.abs(scale(bar.value) - scale(0));
  const y = row.middle - THICKNESS / 2;
  const box = { x, y, width, height: THICKNESS };
  const body = bar.doubtful
    ? element('rect', { class: `${letter}0`, ...box }) + hatch(`${letter}h`, x, y, width, THICKNESS)
    : element('rect', { class: `${letter}s`, ...box });
  if (bar.half === null || bar.half === 0) return body;
  return body + drawWhisker(scale(Math.max(bar.value - bar.half, scale.domain()[0] ?? 0)), scale(bar.value + bar.half), row.middle);
}

function tellNumber(bar: Bar, format: NumberFormat): string {
  return bar.half === null ? format(bar.value) : `${format(bar.value)} ± ${format(bar.half).replace('+', '')}`;
}
