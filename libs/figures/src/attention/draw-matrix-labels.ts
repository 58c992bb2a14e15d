import { textElement, type Attributes } from '../svg/element.js';
import type { AttentionSlice } from './attention-slice.js';
import type { PlacedGrid } from './draw-cells.js';
import { AXIS_LINE, KEY_AXIS, type AxisLabels, type MatrixLayout } from './lay-out-matrix.js';

const AXIS_SIZE = 11;
const GAP = 5;

/** The names of the axes and the tokens along them; a token that is cut is whole in its tooltip. */
export function drawMatrixLabels(slice: AttentionSlice, layout: MatrixLayout & { readonly grid: PlacedGrid }): string {
  const { grid, rowLabels, columnLabels, queryAxis } = layout;
  const { left, top, cellWidth, cellHeight } = grid;
  const axis = { class: 'q', 'font-size': AXIS_SIZE };
  const header = top - columnLabels.room + AXIS_SIZE;
  const names = [
    textElement(`${KEY_AXIS} →`, { ...axis, x: left, y: header }),
    ...queryAxis.map((line, index) =>
      textElement(line, { ...axis, x: left - GAP, y: top - GAP - (queryAxis.length - 1 - index) * AXIS_LINE, 'text-anchor': 'end' }),
    ),
  ];
  const rows = drawLabels(slice.queries, rowLabels, (index, size) => ({
    ...{ x: left - GAP, y: top + (index + 0.5) * cellHeight + size * 0.35, 'text-anchor': 'end' },
  }));
  const columns = drawLabels(slice.keys, columnLabels, (index, size) => {
    const middle = left + (index + 0.5) * cellWidth;
    if (!columnLabels.upright) return { x: middle, y: top - GAP, 'text-anchor': 'middle' };
    const x = middle + size * 0.35;
    return { x, y: top - GAP, transform: `rotate(-90 ${x.toFixed(2)} ${top - GAP})` };
  });
  return [...names, ...rows, ...columns].join('');
}

function drawLabels(tokens: readonly string[], labels: AxisLabels, place: (index: number, size: number) => Attributes): readonly string[] {
  return labels.texts.map((text, index) => {
    if (index % labels.every !== 0) return '';
    const isCut = text !== tokens[index] && text.includes('…');
    return textElement(text, { class: 't', ...place(index, labels.size), 'font-size': labels.size }, isCut ? tokens[index] : undefined);
  });
}
