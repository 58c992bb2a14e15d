import { FONT_SPREAD, measureText } from '../text/measure-text.js';
import { wrapLabel } from '../text/wrap-label.js';
import type { AttentionSlice } from './attention-slice.js';
import { cutToken } from './show-token.js';

/** Columns up to which a cell has room for its number. */
const NUMBERED = 12;
const NUMBERED_WIDTH = [28, 76] as const;
const TALL_ROWS = 40;
const CELL = [9, 22] as const;
/** Tokens up to which every one is named. Beyond, the picture stays about as large as with so many. */
const NAMED = 256;
const LETTERS = [8, 12] as const;
const LONGEST_LABEL = 9;
const GAP = 5;
const AXIS_SIZE = 11;
export const AXIS_LINE = 14;
const LEAST_ROOM = 76;

export const KEY_AXIS = 'key: what it looks at';

/** What a row is. */
export function nameQueryAxis({ isChosen = false }: AttentionSlice): string {
  return isChosen ? 'row: the token that was chosen' : 'query: the token that looks';
}

/** Cells of one size, in pixels. */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly hasNumbers: boolean;
}

export interface AxisLabels {
  /** One for each token, cut to its room. */
  readonly texts: readonly string[];
  readonly size: number;
  /** 1 names every token, 2 every second. */
  readonly every: number;
  /** Whether they are written upwards. */
  readonly upright: boolean;
  /** Beside the cells, with the name of the axis. */
  readonly room: number;
}

export interface MatrixLayout {
  readonly grid: Grid;
  readonly rowLabels: AxisLabels;
  readonly columnLabels: AxisLabels;
  /** Lines that name the axis of the queries, over their labels. */
  readonly queryAxis: readonly string[];
  readonly width: number;
}

/**
 * Sizes of the cells and labels of a matrix.
 *
 * @param width in pixels that the matrix should have; it is wider where cells would be too small
 */
export function layOutMatrix(slice: AttentionSlice, width: number): MatrixLayout {
  const { queries, keys } = slice;
  const rowSize = LETTERS[1];
  const roomOf = (size: number) => Math.ceil(Math.max(widest(queries, size) + GAP, LEAST_ROOM));
  const grid = sizeCells(queries.length, keys.length, width - roomOf(rowSize));
  const rows = labelAxis(queries, grid.cellHeight, false);
  const room = roomOf(rows.size);
  const columns = labelAxis(keys, grid.cellWidth, !fitFlat(keys, grid.cellWidth));
  const queryAxis = wrapLabel(nameQueryAxis(slice), (room - GAP) / FONT_SPREAD, AXIS_SIZE, 4);
  const header = columns.upright ? widest(keys, columns.size) : columns.size * 1.2;
  return {
    grid,
    queryAxis,
    rowLabels: { ...rows, room },
    columnLabels: { ...columns, room: Math.ceil(AXIS_LINE + Math.max(header, (queryAxis.length - 1) * AXIS_LINE) + 2 * GAP) },
    width: room + grid.columns * grid.cellWidth,
  };
}

function sizeCells(rows: number, columns: number, room: number): Grid {
  const wanted = Math.floor(room / columns);
  if (columns <= NUMBERED)
    return { rows, columns, cellWidth: clamp(wanted, NUMBERED_WIDTH), cellHeight: rows <= TALL_ROWS ? 26 : 14, hasNumbers: true };
  const longer = Math.max(rows, columns);
  const side = longer <= NAMED ? clamp(wanted, CELL) : Math.max(Math.floor((NAMED * CELL[0]) / longer), 1);
  return { rows, columns, cellWidth: side, cellHeight: side, hasNumbers: false };
}

/** @param step from one token to the next, in pixels */
function labelAxis(tokens: readonly string[], step: number, upright: boolean): Omit<AxisLabels, 'room'> {
  const size = clamp(step - 1, LETTERS);
  const texts = tokens.map((token) => cutToken(token, size * LONGEST_LABEL, size));
  return { texts, size, every: Math.max(Math.ceil((size + 1) / step), 1), upright };
}

function fitFlat(tokens: readonly string[], step: number): boolean {
  return widest(tokens, clamp(step - 1, LETTERS)) <= step - 4;
}

function widest(tokens: readonly string[], size: number): number {
  const longest = size * LONGEST_LABEL;
  return tokens.reduce((most, token) => Math.max(most, measureText(cutToken(token, longest, size), size)), 0) * FONT_SPREAD;
}

function clamp(value: number, [least, most]: readonly [number, number]): number {
  return Math.min(Math.max(value, least), most);
}
