import type { ScaleLinear } from 'd3-scale';
import { columnFormat } from '../text/format-number.js';
import { element, textElement } from '../svg/element.js';
import { flowItems, type FlowItem } from '../svg/flow-items.js';
import { hatch } from '../svg/hatch.js';
import { measureText } from '../text/measure-text.js';
import type { Bar } from './rank-bars.js';

const SIZE = 12;
const SPACE = 14;

/** Lines and numbers of the scale below the rows. Numbers that would touch are left out; 0 and the ends of the others stay even. */
export function drawAxis(
  scale: ScaleLinear<number, number>,
  bottom: number,
  top: number,
  largest: number,
): { readonly body: string; readonly height: number } {
  const [left = 0, right = 0] = scale.range();
  const format = columnFormat(largest, '+');
  const ticks = chooseTicks(scale, (tick) => measureText(format(tick), SIZE) + SPACE, right - left);
  const body = ticks.map((tick) => {
    const x = scale(tick);
    const line = element('line', { class: tick === 0 ? 'k' : 'l', x1: x, x2: x, y1: top, y2: bottom + 4, 'stroke-width': 1 });
    return line + textElement(format(tick), { class: 'q', x, y: bottom + 18, 'font-size': SIZE, 'text-anchor': 'middle' });
  });
  return { body: body.join(''), height: 24 };
}

/** As many round numbers as there is room for; at least 0. */
function chooseTicks(scale: ScaleLinear<number, number>, room: (tick: number) => number, width: number): readonly number[] {
  for (const count of [7, 5, 3]) {
    const ticks = scale.ticks(count);
    const widest = ticks.reduce((most, tick) => Math.max(most, room(tick)), 0);
    if (ticks.length > 1 && widest <= width / ticks.length) return ticks;
  }
  return [0];
}

/** What bars, whiskers and hatching mean. */
export function drawBarLegend(
  unit: string,
  bars: readonly Bar[],
  x: number,
  y: number,
  width: number,
): { readonly body: string; readonly height: number } {
  const items: FlowItem[] = [
    swatch('against', (left, top) => element('rect', { class: 'ns', x: left, y: top + 2, width: 24, height: 12 })),
    swatch('toward', (left, top) => element('rect', { class: 'ps', x: left, y: top + 2, width: 24, height: 12 })),
    ...(bars.some((bar) => bar.half !== null && bar.half > 0) ? [swatch('± and whisker: 95 % interval', whisker)] : []),
    ...(bars.some((bar) => bar.doubtful) ? [swatch('not distinguishable from 0', pale)] : []),
    note(`in ${unit}`),
  ];
  return flowItems(items, x, y, width);
}

function swatch(label: string, draw: (x: number, y: number) => string): FlowItem {
  return { label, width: 30 + measureText(label, SIZE), draw: (x, y) => draw(x, y) + write(label, x + 30, y) };
}

function note(label: string): FlowItem {
  return { label, width: measureText(label, SIZE), draw: (x, y) => write(label, x, y) };
}

function write(label: string, x: number, y: number): string {
  return textElement(label, { class: 'q', x, y: y + 12, 'font-size': SIZE });
}

function whisker(x: number, y: number): string {
  return element('path', { class: 'k', d: `M${x} ${y + 8}H${x + 24}M${x} ${y + 4}V${y + 12}M${x + 24} ${y + 4}V${y + 12}`, fill: 'none' });
}

function pale(x: number, y: number): string {
  const left = element('rect', { class: 'p0', x, y: y + 2, width: 12, height: 12 }) + hatch('ph', x, y + 2, 12, 12, 4);
  return left + element('rect', { class: 'n0', x: x + 12, y: y + 2, width: 12, height: 12 }) + hatch('nh', x + 12, y + 2, 12, 12, 4);
}
