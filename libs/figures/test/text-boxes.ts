import { measureText } from '../src/text/measure-text.js';
import { everyElement, type XmlElement } from './parse-xml.js';

export interface Box {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Where the lines of text of a drawing stand, by the table of widths. */
export function textBoxes(root: XmlElement): Box[] {
  return everyElement(root)
    .filter((one) => one.name === 'text')
    .map(({ attributes, text }) => {
      const size = Number(attributes['font-size']);
      const length = attributes['textLength'];
      const width = length === undefined ? measureText(text, size, attributes['font-weight'] !== undefined) : Number(length);
      const [x, y] = [Number(attributes['x']), Number(attributes['y'])];
      const anchor = attributes['text-anchor'] ?? (attributes['direction'] === 'rtl' ? 'end' : 'start');
      const left = anchor === 'end' ? x - width : anchor === 'middle' ? x - width / 2 : x;
      return { text, left, right: left + width, top: y - size * 0.75, bottom: y + size * 0.2 };
    });
}

/** Pairs of texts that touch each other. */
export function overlaps(boxes: readonly Box[]): [string, string][] {
  return boxes.flatMap((a, index) =>
    boxes
      .slice(index + 1)
      .filter((b) => a.left < b.right - 0.05 && b.left < a.right - 0.05 && a.top < b.bottom && b.top < a.bottom)
      .map((b): [string, string] => [a.text, b.text]),
  );
}
