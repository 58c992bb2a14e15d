import { element } from './element.js';

/** An interval as a line with ends. */
export function drawWhisker(from: number, to: number, y: number): string {
  const [left, right] = [from.toFixed(2), to.toFixed(2)];
  const path = `M${left} ${y}H${right}M${left} ${y - 4}V${y + 4}M${right} ${y - 4}V${y + 4}`;
  return element('path', { class: 'k', d: path, fill: 'none', 'stroke-width': 1.4 });
}
