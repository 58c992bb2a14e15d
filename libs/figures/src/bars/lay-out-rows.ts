import { textElement } from '../svg/element.js';
import { measureText } from '../text/measure-text.js';
import { wrapLabel } from '../text/wrap-label.js';

const SIZE = 14;
const LINE = 18;
const GAP = 12;
const NARROW = 520;
/** Other fonts than Helvetica run wider. */
const SAFETY = 1.08;

export interface RowPlace {
  /** Label and number. */
  readonly markup: string;
  /** Of the bar, from the top of the figure. */
  readonly middle: number;
}

export interface Rows {
  readonly rows: readonly RowPlace[];
  /** Where the bars are drawn. */
  readonly bars: { readonly x: number; readonly width: number };
  readonly bottom: number;
}

/**
 * Places labels, bars and numbers: in three columns, or, where that would leave no room for the bars, label and number above the
 * bar. A long label takes up to three lines; one that is longer still ends in `…` and is whole in its tooltip.
 */
export function layOutRows(
  labels: readonly string[],
  numbers: readonly string[],
  area: { readonly x: number; readonly y: number; readonly width: number },
): Rows {
  const numberWidth = widest(numbers);
  const isNarrow = area.width < NARROW;
  const labelWidth = isNarrow ? area.width - numberWidth - GAP : Math.min(widest(labels), area.width * 0.38);
  const bars = isNarrow
    ? { x: area.x, width: area.width }
    : { x: area.x + labelWidth + GAP, width: area.width - labelWidth - numberWidth - 2 * GAP };
  let y = area.y;
  const rows = labels.map((label, index): RowPlace => {
    const lines = wrapLabel(label, labelWidth / SAFETY, SIZE, 3);
    const height = Math.max(lines.length * LINE, LINE);
    const anchor = isNarrow ? { x: area.x } : { x: area.x + labelWidth, 'text-anchor': 'end' };
    const isCut = lines.join(' ').endsWith('…') && !label.endsWith('…');
    const text = lines.map((line, at) =>
      textElement(line, { class: 't halo', ...anchor, y: y + 4 + (at + 0.5) * LINE + SIZE * 0.35, 'font-size': SIZE }, isCut ? label : undefined),
    );
    const row = {
      middle: isNarrow ? y + 4 + height + 9 : y + 4 + height / 2,
      bottom: isNarrow ? y + 4 + height + 22 : y + height + 8,
    };
    const numberY = isNarrow ? y + 4 + LINE / 2 + SIZE * 0.35 : row.middle + SIZE * 0.35;
    const number = textElement(numbers[index] ?? '', {
      ...{ class: 't halo', x: area.x + area.width, y: numberY, 'font-size': SIZE, 'text-anchor': 'end' },
    });
    y = row.bottom;
    return { markup: text.join('') + number, middle: row.middle };
  });
  return { rows, bars, bottom: y };
}

function widest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, measureText(text, SIZE)), 0) * SAFETY;
}
