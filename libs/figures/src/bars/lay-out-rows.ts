import { textElement } from '../svg/element.js';
import { FONT_SPREAD, measureText } from '../text/measure-text.js';
import { wrapLabel } from '../text/wrap-label.js';

const SIZE = 14;
const LINE = 18;
const GAP = 12;
const NARROW = 520;

export interface Row {
  readonly label: string;
  readonly number: string;
}

export interface RowPlace {
  /** Label and number. */
  readonly markup: string;
  /** Of what is drawn for the row, from the top of the figure. */
  readonly middle: number;
}

export interface Rows {
  readonly rows: readonly RowPlace[];
  /** Where the rows are drawn, from left to right. */
  readonly area: { readonly x: number; readonly width: number };
  readonly bottom: number;
}

export interface RowArea {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** Height of what is drawn for a row. */
  readonly thickness: number;
}

/**
 * Places labels, drawings and numbers of rows: in three columns, or, where that would leave no room for the drawing, label and
 * number above it. A long label takes up to three lines; one that is longer still ends in `…` and is whole in its tooltip.
 */
export function layOutRows(rows: readonly Row[], { x, y, width, thickness }: RowArea): Rows {
  const numberWidth = widest(rows.map((row) => row.number));
  const isNarrow = width < NARROW;
  const labelWidth = isNarrow ? width - numberWidth - GAP : Math.min(widest(rows.map((row) => row.label)), width * 0.38);
  const besideNumber = numberWidth === 0 ? 0 : numberWidth + GAP;
  const area = isNarrow ? { x, width } : { x: x + labelWidth + GAP, width: width - labelWidth - GAP - besideNumber };
  let top = y + 4;
  const places = rows.map(({ label, number }): RowPlace => {
    const lines = wrapLabel(label, labelWidth / FONT_SPREAD, SIZE, 3);
    const labelHeight = lines.length * LINE;
    const height = isNarrow ? labelHeight : Math.max(labelHeight, thickness);
    const middle = isNarrow ? top + labelHeight + thickness / 2 + 2 : top + height / 2;
    const labelTop = isNarrow ? top : middle - labelHeight / 2;
    const anchor = isNarrow ? { x } : { x: x + labelWidth, 'text-anchor': 'end' };
    const isCut = lines.at(-1)?.endsWith('…') === true && !label.endsWith('…');
    const text = lines.map((line, index) =>
      textElement(
        line,
        { class: 't halo', ...anchor, y: labelTop + (index + 0.5) * LINE + SIZE * 0.35, 'font-size': SIZE },
        isCut ? label : undefined,
      ),
    );
    const numberY = (isNarrow ? top + LINE / 2 : middle) + SIZE * 0.35;
    const numberText =
      number === '' ? '' : textElement(number, { class: 't halo', x: x + width, y: numberY, 'font-size': SIZE, 'text-anchor': 'end' });
    top += isNarrow ? labelHeight + thickness + 8 : height + 4;
    return { markup: text.join('') + numberText, middle };
  });
  return { rows: places, area, bottom: top };
}

function widest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, measureText(text, SIZE)), 0) * FONT_SPREAD;
}
