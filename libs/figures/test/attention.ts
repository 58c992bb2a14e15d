import { everyElement, parseXml, type XmlElement } from './parse-xml.js';
import { textBoxes, type Box } from './text-boxes.js';
import type { AttentionSlice } from '../src/attention/attention-slice.js';
import { svgDocument, type Figure } from '../src/svg/figure.js';

export const draw = (figure: Figure): XmlElement => parseXml(svgDocument(figure, 'auto'));
export const textsOf = (root: XmlElement) => everyElement(root).filter((one) => one.name === 'text');
export const wordsOf = (root: XmlElement) =>
  textsOf(root)
    .map((one) => one.text)
    .join(' ');
/** Such as q0, q1, q2. */
export const name = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

/** Rows that add up to 1, the same ones each time. */
export function makeSlice(rows: number, columns: number, weigh: (row: number, column: number) => number): AttentionSlice {
  const values = name('', rows).flatMap((_row, row) => {
    const weights = name('', columns).map((_column, column) => weigh(row, column));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  });
  return { title: 'Layer 3, head 5', queries: name('q', rows), keys: name('k', columns), values, maxAbsError: 0 };
}

/** Spread as in a head that looks at near tokens. */
export const scatter = (row: number, column: number) => ((row * 31 + column * 17) % 23) ** 2 / (1 + Math.abs(row - column));
export const causal = (row: number, column: number) => (column > row ? 0 : 1 + scatter(row, column));

/** Where words stand, those that are turned upwards too. */
export function turnedBoxes(root: XmlElement): Box[] {
  const texts = textsOf(root);
  return textBoxes(root).map((box, index) => {
    const [, x, y] = /^rotate\(-90 (\S+) (\S+)\)$/.exec(texts[index]?.attributes['transform'] ?? '') ?? [];
    if (x === undefined || y === undefined) return box;
    const [centreX, centreY] = [Number(x), Number(y)];
    const turnX = (at: number) => centreX + (at - centreY);
    const turnY = (at: number) => centreY - (at - centreX);
    return { text: box.text, left: turnX(box.top), right: turnX(box.bottom), top: turnY(box.right), bottom: turnY(box.left) };
  });
}
