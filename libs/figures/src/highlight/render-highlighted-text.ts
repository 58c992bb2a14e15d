import type { TextSlice } from '../attribution-slice.js';
import { FIGURE_CLASS, hueLetters } from '../colour/figure-style.js';
import { nameFeatures } from '../name-features.js';
import { element } from '../svg/element.js';
import { FLOW_LINE, type FlowItem } from '../svg/flow-items.js';
import { escapeXml } from '../text/escape-xml.js';
import { columnFormat } from '../text/format-number.js';
import { tellMark } from './describe-marks.js';
import { listLegendItems } from './list-legend-items.js';
import { markText, type Run } from './mark-text.js';

/**
 * The highlighted text as HTML that flows with the page: the same runs, shades and legend as the SVG. The page holds
 * `figureStyle`; a list of class `legend` comes before the paragraph of class `words`.
 */
export function renderHighlightedText(slice: TextSlice): string {
  const marked = markText(slice);
  const names = nameFeatures(slice.features);
  const format = columnFormat(marked.largest, '+');
  const items = listLegendItems(marked, slice);
  const words = marked.runs.map((run) => {
    const text = escapeXml(slice.text.slice(run.start, run.end));
    if (run.mark === null) return run.unexplained ? element('span', { class: 'q' }, text) : text;
    const title = tellMark(run.mark, names[run.mark.feature] ?? '', format);
    return element('mark', { class: chooseClass(run), title }, text);
  });
  const legend = element('ul', { class: 'legend' }, items.map(renderItem).join(''));
  return element('div', { class: FIGURE_CLASS }, legend + element('p', { class: 'words', dir: 'auto' }, words.join('')));
}

function chooseClass({ mark }: Run): string | undefined {
  if (mark?.shade == null) return undefined;
  const colour = `${hueLetters[mark.hue]}${mark.shade}`;
  if (mark.shade === 0) return colour;
  return `${colour} ${mark.hue === 'toward' ? 'above' : 'below'}`;
}

function renderItem(item: FlowItem): string {
  const width = Math.ceil(item.width * 1.06);
  const svg = element(
    'svg',
    { role: 'img', 'aria-label': item.label, viewBox: `0 0 ${width} ${FLOW_LINE}`, width, height: FLOW_LINE },
    item.draw(0, 0),
  );
  return element('li', {}, svg);
}
