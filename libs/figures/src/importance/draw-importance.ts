import { compensatedSum } from '#numeric';
import { scaleLinear } from 'd3-scale';
import { cutRows, MOST_ROWS } from '../bars/cut-rows.js';
import { drawAxis } from '../bars/draw-axis.js';
import { drawWhisker } from '../svg/draw-whisker.js';
import { layOutRows } from '../bars/lay-out-rows.js';
import { drawHeading } from '../svg/draw-heading.js';
import { element } from '../svg/element.js';
import type { Figure } from '../svg/figure.js';
import { flowItems } from '../svg/flow-items.js';
import { boxItem, noteItem, whiskerItem } from '../svg/legend-items.js';
import { columnFormat, type NumberFormat } from '../text/format-number.js';
import { rankColumns, tellConfidence, type ColumnImportance, type ImportanceSlice } from './importance-slice.js';

const MARGIN = 16;
const THICKNESS = 14;

/**
 * How far each column moves the score on average, most important first, with the interval of each mean. In one hue: an importance
 * has no direction.
 */
export function drawImportance(slice: ImportanceSlice, width: number, most = MOST_ROWS): Figure {
  const ranked = rankColumns(slice.columns).flatMap((index) => slice.columns[index] ?? []);
  const { shown, rest } = cutRows(ranked, most);
  const format = columnFormat(shown[0]?.meanAbs.value ?? 0, '-');
  const inner = width - 2 * MARGIN;
  const heading = drawHeading(slice.title, MARGIN, MARGIN, inner);
  const legendTop = MARGIN + heading.height + 4;
  const hasIntervals = shown.some((column) => column.meanAbs.interval !== null);
  const legend = flowItems(
    [
      boxItem('mean size of the attribution', 'as'),
      ...(hasIntervals ? [whiskerItem(`${tellConfidence(slice.confidence)} interval, also in brackets`)] : []),
      noteItem(`in ${slice.unit}`),
    ],
    ...([MARGIN, legendTop, inner] as const),
  );
  const top = legendTop + legend.height + 8;
  const rows = shown.map((column) => ({ label: column.name, number: tellImportance(column, format) }));
  const sum = compensatedSum(rest.map((column) => column.meanAbs.value));
  const more = rest.length === 0 ? [] : [{ label: `and ${rest.length} more, together`, number: format(sum) }];
  const placed = layOutRows([...rows, ...more], { x: MARGIN, y: top, width: inner, thickness: THICKNESS });
  const reach = shown.reduce((far, { meanAbs }) => Math.max(far, meanAbs.value, meanAbs.interval?.[1] ?? 0), 0);
  const scale = scaleLinear()
    .domain([0, reach > 0 ? reach : 1])
    .range([placed.area.x, placed.area.x + placed.area.width]);
  const axis = drawAxis(scale, top, placed.bottom, format);
  const drawn = placed.rows.map((row, index) => {
    const column = shown[index];
    if (column === undefined) return row.markup;
    const { value, interval } = column.meanAbs;
    const bar = element('rect', {
      ...{ class: 'as', x: scale(0), y: row.middle - THICKNESS / 2, width: scale(value) - scale(0), height: THICKNESS },
    });
    return row.markup + bar + (interval === null ? '' : drawWhisker(scale(interval[0]), scale(interval[1]), row.middle));
  });
  return {
    width,
    height: placed.bottom + axis.height + MARGIN,
    title: slice.title,
    description: `Mean size of the attribution of each column: ${rows.map((row) => `${row.label} ${row.number}`).join('; ')}.`,
    body: [heading.body, legend.body, axis.body, ...drawn].join(''),
  };
}

function tellImportance({ meanAbs }: ColumnImportance, format: NumberFormat): string {
  const { value, interval } = meanAbs;
  return interval === null ? format(value) : `${format(value)} [${format(interval[0])}, ${format(interval[1])}]`;
}
