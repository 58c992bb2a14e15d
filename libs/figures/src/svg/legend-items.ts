import { FONT_SPREAD, measureText } from '../text/measure-text.js';
import { drawWhisker } from './draw-whisker.js';
import { element, textElement } from './element.js';
import type { FlowItem } from './flow-items.js';
import { hatch } from './hatch.js';

const SIZE = 12;
const SAMPLE = 24;
const HEIGHT = 12;

/** A sample of a mark, 24 by 12, with what it means. */
export function sampleItem(label: string, draw: (x: number, y: number) => string): FlowItem {
  return {
    label,
    width: SAMPLE + 6 + measureText(label, SIZE) * FONT_SPREAD,
    draw: (x, y) => draw(x, y + 2) + writeLabel(label, x + SAMPLE + 6, y),
  };
}

/** Words alone. */
export function noteItem(label: string): FlowItem {
  return { label, width: measureText(label, SIZE) * FONT_SPREAD, draw: (x, y) => writeLabel(label, x, y) };
}

/** A plain box in a colour. */
export function boxItem(label: string, colour: string): FlowItem {
  return sampleItem(label, (x, y) => element('rect', { class: colour, x, y, width: SAMPLE, height: HEIGHT }));
}

export function whiskerItem(label: string): FlowItem {
  return sampleItem(label, (x, y) => drawWhisker(x, x + SAMPLE, y + HEIGHT / 2));
}

/** Both hues as they look where the interval covers 0. */
export function doubtfulItem(label: string): FlowItem {
  const half = SAMPLE / 2;
  return sampleItem(label, (x, y) =>
    ['p', 'n']
      .map((letter, index) => {
        const left = x + index * half;
        return (
          element('rect', { class: `${letter}0`, x: left, y, width: half, height: HEIGHT }) + hatch(`${letter}h`, left, y, half, HEIGHT, 4)
        );
      })
      .join(''),
  );
}

/** A label of a legend, its top at y. */
export function writeLabel(label: string, x: number, y: number): string {
  return textElement(label, { class: 'q', x, y: y + HEIGHT, 'font-size': SIZE });
}
