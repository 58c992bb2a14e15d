import { cutRows, MOST_ROWS } from '../bars/cut-rows.js';
import { drawAxis } from '../bars/draw-axis.js';
import { layOutRows } from '../bars/lay-out-rows.js';
import { symmetricScale } from '../bars/symmetric-scale.js';
import { VALUE_STEPS } from '../colour/palette.js';
import { drawHeading } from '../svg/draw-heading.js';
import { element } from '../svg/element.js';
import type { Figure } from '../svg/figure.js';
import { flowItems } from '../svg/flow-items.js';
import { noteItem, sampleItem } from '../svg/legend-items.js';
import { columnFormat } from '../text/format-number.js';
import { rankColumns, type ImportanceSlice } from './importance-slice.js';
import { spreadPoints } from './spread-points.js';

const MARGIN = 16;
const DOT = 4;
const THICKNESS = 30;

/**
 * The attributions of a sample of rows: a dot for each row and column. Its place is the attribution, its shade the value of the
 * column there, from low to high; categories have no order and are grey.
 */
export function drawBeeswarm(slice: ImportanceSlice, width: number, most = MOST_ROWS): Figure {
  const ranked = rankColumns(slice.columns);
  const { shown, rest } = cutRows(ranked, most);
  const inner = width - 2 * MARGIN;
  const title = `${slice.title}: ${slice.sample.length} ${slice.sample.length === 1 ? 'row' : 'rows'}`;
  const heading = drawHeading(title, MARGIN, MARGIN, inner);
  const legendTop = MARGIN + heading.height + 4;
  const legend = flowItems(
    [
      sampleItem('value of the column, low to high', drawSteps),
      sampleItem('category or group', (x, y) => dots('v0', [[x + 12, y + 6]])),
      noteItem(`in ${slice.unit}; one dot, one row`),
      ...(rest.length > 0 ? [noteItem(`${rest.length} less important columns are not drawn`)] : []),
    ],
    ...([MARGIN, legendTop, inner] as const),
  );
  const top = legendTop + legend.height + 8;
  const labels = shown.map((index) => ({ label: slice.columns[index]?.name ?? '', number: '' }));
  const placed = layOutRows(labels, { x: MARGIN, y: top, width: inner, thickness: THICKNESS });
  const reach = slice.sample.reduce(
    (far, row) => shown.reduce((most, index) => Math.max(most, Math.abs(row.attributions[index] ?? 0)), far),
    0,
  );
  const scale = symmetricScale(reach, placed.area.x + DOT, placed.area.x + placed.area.width - DOT);
  const axis = drawAxis(scale, top, placed.bottom, columnFormat(reach, '+'));
  const swarms = placed.rows.map((row, at) => {
    const column = shown[at] ?? -1;
    const places = spreadPoints(
      slice.sample.map((one) => scale(one.attributions[column] ?? 0)),
      { middle: row.middle, size: DOT, room: THICKNESS },
    );
    const steps = stepValues(slice.sample.map((one) => one.values[column] ?? null));
    const byStep = Array.from({ length: VALUE_STEPS + 1 }, (_, step) => places.filter((_place, index) => steps[index] === step));
    return row.markup + byStep.map((points, step) => dots(`v${step}`, points)).join('');
  });
  return {
    width,
    height: placed.bottom + axis.height + MARGIN,
    title,
    description: `Attributions of ${slice.sample.length} rows for ${labels.map((one) => one.label).join(', ')}.`,
    body: [heading.body, legend.body, axis.body, ...swarms].join(''),
  };
}

/** 1 … VALUE_STEPS by rank among the numbers, so that one far value does not make all others alike; 0 for what has no order. */
function stepValues(values: readonly (number | string | null)[]): readonly number[] {
  const sorted = values.filter((value) => typeof value === 'number').toSorted((a, b) => a - b);
  const [lowest, highest] = [sorted[0], sorted.at(-1)];
  return values.map((value) => {
    if (typeof value !== 'number') return 0;
    if (lowest === highest) return Math.ceil(VALUE_STEPS / 2);
    const below = sorted.findIndex((other) => other >= value);
    const upTo = sorted.findLastIndex((other) => other <= value);
    return 1 + Math.round(((below + upTo) / 2 / (sorted.length - 1)) * (VALUE_STEPS - 1));
  });
}

/** Dots as strokes of no length with round ends: a tenth of the bytes of circles. */
function dots(name: string, points: readonly (readonly [x: number, y: number])[]): string {
  if (points.length === 0) return '';
  const d = points.map(([x, y]) => `M${x.toFixed(1)} ${y.toFixed(1)}h0`).join('');
  return element('path', { class: name, d, fill: 'none', 'stroke-width': DOT, 'stroke-linecap': 'round' });
}

function drawSteps(x: number, y: number): string {
  return Array.from({ length: VALUE_STEPS }, (_, step) => dots(`v${step + 1}`, [[x + 2 + step * 5, y + 6]])).join('');
}
