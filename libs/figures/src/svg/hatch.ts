import { element, roundCoordinate } from './element.js';

/** Diagonal lines over a rectangle, cut at its borders. Drawn as a path: a pattern would need an id, which a page could hold twice. */
export function hatch(name: string, x: number, y: number, width: number, height: number, step = 5): string {
  const strokes: string[] = [];
  for (let start = step - height; start < width; start += step) {
    const from = Math.max(start, 0);
    const to = Math.min(start + height, width);
    if (to - from < 0.01) continue;
    strokes.push(
      `M${roundCoordinate(x + from)} ${roundCoordinate(y + height - (from - start))}L${roundCoordinate(x + to)} ${roundCoordinate(y + height - (to - start))}`,
    );
  }
  return strokes.length === 0 ? '' : element('path', { class: name, d: strokes.join(''), fill: 'none', 'stroke-width': 1.2 });
}
