import { SHADES } from '../colour/palette.js';
import { element, textElement } from '../svg/element.js';
import { escapeXml } from '../text/escape-xml.js';
import { weightAt, type AttentionSlice } from './attention-slice.js';
import type { Grid } from './lay-out-matrix.js';
import { shadeWeight } from './shade-weight.js';
import { tellWeights } from './tell-weight.js';

/** Cells up to which each is an element of its own with a tooltip. */
const MOST_TOLD = 1000;
const WIDE = 36;

export interface PlacedGrid extends Grid {
  readonly left: number;
  readonly top: number;
}

/** The cells of a matrix in a frame, each in the shade of its weight; with numbers where the grid has room for them. */
export function drawCells(slice: AttentionSlice, largest: number, grid: PlacedGrid): string {
  const { rows, columns, left, top, cellWidth, cellHeight } = grid;
  const frame = element('rect', {
    ...{ class: 'l', x: left - 0.5, y: top - 0.5, width: columns * cellWidth + 1, height: rows * cellHeight + 1, fill: 'none' },
  });
  return frame + (rows * columns <= MOST_TOLD ? drawToldCells(slice, largest, grid) : drawRuns(slice, largest, grid));
}

function drawToldCells(slice: AttentionSlice, largest: number, grid: PlacedGrid): string {
  const { left, top, cellWidth, cellHeight } = grid;
  const tell = tellWeights(slice);
  const gap = cellWidth >= 12 && cellHeight >= 12 ? 1 : 0;
  return slice.queries
    .flatMap((_query, row) =>
      slice.keys.map((_key, column) => {
        const weight = weightAt(slice, row, column);
        const shade = shadeWeight(weight, largest);
        const [x, y] = [left + column * cellWidth, top + row * cellHeight];
        const box = { x, y, width: cellWidth - gap, height: cellHeight - gap, 'shape-rendering': 'crispEdges' };
        // An empty cell has its tooltip too.
        const ground = element('rect', { class: shade === 0 ? 'bg' : `a${shade}`, ...box });
        const number = grid.hasNumbers ? writeNumber(weight, shade, x + cellWidth / 2, y + cellHeight / 2, cellWidth) : '';
        return element('g', {}, element('title', {}, escapeXml(tell(row, column))) + ground + number);
      }),
    )
    .join('');
}

/** Two decimals; what they would round to 0 is said to be smaller than they can tell. */
function writeNumber(weight: number, shade: number, x: number, middle: number, cellWidth: number): string {
  const size = cellWidth >= WIDE ? 11 : 9;
  const text = weight === 0 ? '0' : weight < 0.01 ? '<0.01' : weight.toFixed(2);
  return textElement(text, {
    ...{ class: shade === 0 ? 'q' : `i${shade}`, x, y: middle + size * 0.35, 'font-size': size, 'text-anchor': 'middle' },
  });
}

/** One path a shade, neighbours of one shade in one piece: a twentieth of the bytes of an element a cell. */
function drawRuns(slice: AttentionSlice, largest: number, grid: PlacedGrid): string {
  const { rows, columns, left, top, cellWidth, cellHeight } = grid;
  const pieces = Array.from({ length: SHADES + 1 }, (): string[] => []);
  for (let row = 0; row < rows; row++) {
    const shadeAt = (column: number) => shadeWeight(weightAt(slice, row, column), largest);
    for (let start = 0; start < columns;) {
      const shade = shadeAt(start);
      let end = start + 1;
      while (end < columns && shadeAt(end) === shade) end++;
      const long = (end - start) * cellWidth;
      pieces[shade]?.push(`M${left + start * cellWidth} ${top + row * cellHeight}h${long}v${cellHeight}h-${long}z`);
      start = end;
    }
  }
  return pieces
    .map((runs, shade) =>
      shade === 0 || runs.length === 0 ? '' : element('path', { class: `a${shade}`, d: runs.join(''), 'shape-rendering': 'crispEdges' }),
    )
    .join('');
}
