import { drawHeading } from '../svg/draw-heading.js';
import type { Figure } from '../svg/figure.js';
import { flowItems } from '../svg/flow-items.js';
import { noteItem } from '../svg/legend-items.js';
import { checkAttention, largestWeight, type AttentionSlice } from './attention-slice.js';
import { drawCells } from './draw-cells.js';
import { drawMatrixLabels } from './draw-matrix-labels.js';
import { drawShadedTokens } from './draw-shaded-tokens.js';
import { layOutMatrix, type MatrixLayout } from './lay-out-matrix.js';
import { listErrorItems, listWeightItems } from './list-weight-items.js';
import { tellStrongest } from './tell-weight.js';

const MARGIN = 16;
/** Rows this long are read as text. */
const LONG_ROW = 12;
const MOST_TEXTS = 4;
const MUCH_WIDER = 16;

/**
 * The weights of one head as a heat map, rows the tokens that look, columns those they look at, in one hue. A few queries over
 * many keys are drawn as the text of the keys instead, once a query, each token on the shade of its weight.
 *
 * @param width of the figure in pixels; it is wider where a column would have less than 9, or 28 with numbers
 * @throws RangeError as `checkAttention`
 */
export function drawAttentionMatrix(slice: AttentionSlice, width: number): Figure {
  checkAttention(slice);
  return isText(slice) ? drawAsText(slice, width) : drawAsMatrix(slice, width);
}

function isText({ queries, keys }: AttentionSlice): boolean {
  return queries.length <= MOST_TEXTS && keys.length > LONG_ROW && keys.length >= queries.length * MUCH_WIDER;
}

function drawAsText(slice: AttentionSlice, width: number): Figure {
  const largest = largestWeight(slice);
  const head = drawHead(slice, largest, width, []);
  const texts = drawShadedTokens(slice, largest, { x: MARGIN, y: head.bottom, width: width - 2 * MARGIN });
  return {
    ...{ width, height: head.bottom + texts.height + MARGIN, title: slice.title },
    description: `The text of ${countTokens(slice.keys)}, shaded by how much ${slice.isChosen === true ? `the choice of ${countTokens(slice.queries)} looks` : `${countTokens(slice.queries)} look`} at each. ${tellStrongest(slice)}`,
    body: head.body + texts.body,
  };
}

function drawAsMatrix(slice: AttentionSlice, width: number): Figure {
  const largest = largestWeight(slice);
  const layout = layOutMatrix(slice, width - 2 * MARGIN);
  const whole = Math.max(width, layout.width + 2 * MARGIN);
  const head = drawHead(slice, largest, whole, tellUnnamed(layout));
  const grid = { ...layout.grid, left: MARGIN + layout.rowLabels.room, top: head.bottom + layout.columnLabels.room };
  const labels = drawMatrixLabels(slice, { ...layout, grid });
  return {
    ...{ width: whole, height: grid.top + grid.rows * grid.cellHeight + MARGIN, title: slice.title },
    description: `A matrix: rows are the ${countTokens(slice.queries)} that ${slice.isChosen === true ? 'were chosen' : 'look'}, columns the ${countTokens(slice.keys)} they look at. ${tellStrongest(slice)}`,
    body: head.body + labels + drawCells(slice, largest, grid),
  };
}

function drawHead(slice: AttentionSlice, largest: number, width: number, notes: readonly string[]) {
  const inner = width - 2 * MARGIN;
  const heading = drawHeading(slice.title, MARGIN, MARGIN, inner);
  const top = MARGIN + heading.height + 4;
  const hasBlanks = Array.from(slice.values).includes(0);
  const items = [...listWeightItems(largest, hasBlanks), ...listErrorItems(slice.maxAbsError), ...notes.map(noteItem)];
  const legend = flowItems(items, MARGIN, top, inner);
  return { body: heading.body + legend.body, bottom: top + legend.height + 8 };
}

/** Labels that have no room are not left out in silence. */
function tellUnnamed({ rowLabels, columnLabels }: MatrixLayout): readonly string[] {
  const tell = (what: string, every: number) => (every === 1 ? [] : [`one ${what} in ${every} is named`]);
  return [...tell('query', rowLabels.every), ...tell('key', columnLabels.every)];
}

function countTokens(tokens: readonly string[]): string {
  return `${tokens.length} ${tokens.length === 1 ? 'token' : 'tokens'}`;
}
