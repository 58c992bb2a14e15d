import { wrapLabel } from '../text/wrap-label.js';
import { textElement } from './element.js';

const SIZE = 15;
const LINE = 20;

/** The title over a figure, on up to three lines. */
export function drawHeading(title: string, x: number, y: number, width: number): { readonly body: string; readonly height: number } {
  const lines = wrapLabel(title, width, SIZE, 3, true);
  const body = lines.map((line, index) =>
    textElement(line, { class: 't', x, y: y + SIZE + index * LINE, 'font-size': SIZE, 'font-weight': 600 }),
  );
  return { body: body.join(''), height: lines.length * LINE };
}
