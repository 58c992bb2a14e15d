import type { ScaleLinear } from 'd3-scale';
import { element, textElement } from '../svg/element.js';
import type { NumberFormat } from '../text/format-number.js';
import { measureText } from '../text/measure-text.js';

const SIZE = 12;
const SPACE = 14;

/** Lines and numbers of the scale below the rows: as many round numbers as stand apart. */
export function drawAxis(
  scale: ScaleLinear<number, number>,
  top: number,
  bottom: number,
  format: NumberFormat,
): { readonly body: string; readonly height: number } {
  const [left = 0, right = 0] = scale.range();
  const ticks = chooseTicks(scale, (tick) => measureText(format(tick), SIZE) + SPACE, right - left);
  const body = ticks.map((tick) => {
    const x = scale(tick);
    const line = element('line', { class: tick === 0 ? 'k' : 'l', x1: x, x2: x, y1: top, y2: bottom + 4, 'stroke-width': 1 });
    // A number at the very end of the scale stays within the figure.
    const half = measureText(format(tick), SIZE) / 2;
    const middle = Math.min(Math.max(x, left - 12 + half), right + 12 - half);
    return line + textElement(format(tick), { class: 'q', x: middle, y: bottom + 18, 'font-size': SIZE, 'text-anchor': 'middle' });
  });
  return { body: body.join(''), height: 24 };
}

function chooseTicks(scale: ScaleLinear<number, number>, room: (tick: number) => number, width: number): readonly number[] {
  for (const count of [7, 5, 3]) {
    const ticks = scale.ticks(count);
    const widest = ticks.reduce((most, tick) => Math.max(most, room(tick)), 0);
    if (ticks.length > 1 && widest <= width / ticks.length) return ticks;
  }
  return [0];
}
