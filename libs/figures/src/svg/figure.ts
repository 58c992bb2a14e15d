import { FIGURE_CLASS, figureStyle, type Theme } from '../colour/figure-style.js';
import { escapeXml } from '../text/escape-xml.js';
import { element } from './element.js';

/** A drawing: SVG elements, and what they show in words. */
export interface Figure {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly description: string;
  /** SVG markup whose colours are classes of `figureStyle`. */
  readonly body: string;
}

/** A figure as a file of its own: it brings its colours and a ground, and refers to nothing. */
export function svgDocument(figure: Figure, theme: Theme): string {
  const ground = element('rect', { class: 'bg', width: figure.width, height: figure.height });
  return svg(figure, element('style', {}, figureStyle(theme)) + ground + figure.body);
}

/** A figure within an HTML page that holds `figureStyle`. */
export function inlineSvg(figure: Figure): string {
  return svg(figure, figure.body);
}

function svg(figure: Figure, content: string): string {
  const { width, height, title, description } = figure;
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      class: FIGURE_CLASS,
      role: 'img',
      'aria-label': title,
      viewBox: `0 0 ${Math.ceil(width)} ${Math.ceil(height)}`,
      width: Math.ceil(width),
      height: Math.ceil(height),
    },
    element('title', {}, escapeXml(title)) + element('desc', {}, escapeXml(description)) + content,
  );
}
