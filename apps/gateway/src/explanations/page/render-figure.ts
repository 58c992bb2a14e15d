import { inlineSvg, type Figure } from '#figures';

/** As wide as the page with its margins, and as a phone. */
const WIDE = 896;
const NARROW = 360;

/** A figure in two layouts, of which the page shows the one that fits its window. */
export function renderFigure(draw: (width: number) => Figure): string {
  return `<figure class="wide">${inlineSvg(draw(WIDE))}</figure>
<figure class="narrow">${inlineSvg(draw(NARROW))}</figure>`;
}
