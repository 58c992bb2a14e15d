import type { TextSlice } from '../attribution-slice.js';
import { hueLetters } from '../colour/figure-style.js';
import { columnFormat, formatScore } from '../text/format-number.js';
import { nameFeatures } from '../name-features.js';
import { nameTarget } from '../name-target.js';
import { drawHeading } from '../svg/draw-heading.js';
import { element, textElement } from '../svg/element.js';
import type { Figure } from '../svg/figure.js';
import { flowItems } from '../svg/flow-items.js';
import { hatch } from '../svg/hatch.js';
import { escapeXml } from '../text/escape-xml.js';
import { isMeasured, measureText, splitGraphemes } from '../text/measure-text.js';
import { describeMarks, tellMark } from './describe-marks.js';
import { listLegendItems } from './list-legend-items.js';
import { layOutText, type PlacedPiece } from './lay-out-text.js';
import { markText, type Mark } from './mark-text.js';

const MARGIN = 16;
const SIZE = 18;
const LINE = 34;
const BOX = 26;

/**
 * The text with every feature on the colour of its attribution: orange and a rule above for what speaks for the target, blue
 * and a rule below for what speaks against it, hatched where the 95 % interval covers 0, grey where the model did not look.
 *
 * @param width of the figure in pixels; the text flows into it
 */
export function drawHighlightedText(slice: TextSlice, width: number): Figure {
  const { target } = slice;
  const marked = markText(slice);
  const inner = width - 2 * MARGIN;
  const title = `${nameTarget(target)}: ${formatScore(target.score, target.space)}`;
  const heading = drawHeading(title, MARGIN, MARGIN, inner);
  const legendTop = MARGIN + heading.height + 4;
  const items = listLegendItems(marked, slice);
  const legend = flowItems(items, MARGIN, legendTop, inner);
  const top = legendTop + legend.height + 12;
  const { pieces, lines } = layOutText(slice.text, marked.runs, inner, SIZE);
  const format = columnFormat(marked.largest, '+');
  const names = nameFeatures(slice.features);
  const tip = (mark: Mark) => element('title', {}, escapeXml(tellMark(mark, names[mark.feature] ?? '', format)));
  return {
    width,
    height: top + lines * LINE + MARGIN,
    title,
    description: describeMarks(marked, slice),
    body: [heading.body, legend.body, ...pieces.map((piece) => drawPiece(piece, MARGIN + piece.x, top + piece.line * LINE, tip))].join(''),
  };
}

function drawPiece(piece: PlacedPiece, x: number, y: number, tip: (mark: Mark) => string): string {
  const { mark } = piece.run;
  const letters = drawLetters(piece, x, y);
  return mark === null ? letters : element('g', {}, tip(mark) + drawBox(mark, x, y, piece.width) + letters);
}

/**
 * Stretched to the width that was measured, so that the words fit their boxes in any font. A single letter of a script whose
 * widths are guessed would be distorted: it stands in the middle of its box.
 */
function drawLetters(piece: PlacedPiece, x: number, y: number): string {
  const { run, text, rightToLeft } = piece;
  const shown = (run.mark === null ? text : text.replace(/\r\n|[\n\r\u2028\u2029]/g, '⏎')).replace(/\s/g, ' ');
  const core = shown.trim();
  if (core === '') return '';
  const before = measureText(shown.slice(0, shown.length - shown.trimStart().length), SIZE);
  const after = measureText(shown.slice(shown.trimEnd().length), SIZE);
  const width = piece.width - before - after;
  const isLone = splitGraphemes(core).length === 1 && !isMeasured(core);
  const start = rightToLeft ? x + piece.width - before : x + before;
  return textElement(core, {
    class: run.unexplained && run.mark === null ? 'q' : 't',
    x: isLone ? x + before + width / 2 : start,
    y: y + LINE / 2 + SIZE * 0.35,
    'font-size': SIZE,
    ...(rightToLeft ? { direction: 'rtl', 'unicode-bidi': 'embed' } : {}),
    ...(isLone ? { 'text-anchor': 'middle' } : { textLength: width, lengthAdjust: 'spacingAndGlyphs' }),
  });
}

function drawBox(mark: Mark, x: number, y: number, width: number): string {
  if (mark.shade === null) return '';
  const letter = hueLetters[mark.hue];
  // Neighbouring pieces keep a hair's breadth between them.
  const left = x + 0.5;
  const wide = Math.max(width - 1, 1);
  const top = y + (LINE - BOX) / 2;
  const ground = element('rect', { class: `${letter}${mark.shade}`, x: left, y: top, width: wide, height: BOX });
  if (mark.shade === 0) return ground + hatch(`${letter}h`, left, top, wide, BOX);
  const edge = mark.hue === 'toward' ? top : top + BOX - 2;
  return ground + element('rect', { class: `${letter}s`, x: left, y: edge, width: wide, height: 2 });
}
