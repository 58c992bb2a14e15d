import { element, textElement } from '../svg/element.js';
import { escapeXml } from '../text/escape-xml.js';
import { FONT_SPREAD, measureText } from '../text/measure-text.js';
import { weightAt, type AttentionSlice } from './attention-slice.js';
import { KEY_AXIS, nameQueryAxis } from './lay-out-matrix.js';
import { shadeWeight } from './shade-weight.js';
import { areReadFromRight, cutToken } from './show-token.js';
import { tellWeights } from './tell-weight.js';

const SIZE = 13;
const BOX = 22;
const LINE = 25;
const PADDING = 4;
const GAP = 2;
const LABEL = 12;
const LABEL_LINE = 18;
const LONGEST = 160;

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

interface PlacedToken {
  readonly text: string;
  readonly x: number;
  readonly line: number;
  readonly width: number;
}

/** The keys as flowing text, once for each query, each on the shade of its weight. */
export function drawShadedTokens(slice: AttentionSlice, largest: number, area: Area): { readonly body: string; readonly height: number } {
  const placed = placeTokens(slice.keys, area.width);
  const tell = tellWeights(slice);
  const lines = (placed.at(-1)?.line ?? 0) + 1;
  let y = area.y;
  const blocks = slice.queries.map((query, row) => {
    const room = area.width / FONT_SPREAD - measureText(`${nameQueryAxis(slice)} is “”`, LABEL);
    const names = [`${nameQueryAxis(slice)} is “${cutToken(query, Math.min(LONGEST, room), LABEL)}”`, `${KEY_AXIS}, as text`];
    const labels = names.map((name, index) =>
      textElement(name, { class: 'q', x: area.x, y: y + LABEL + index * LABEL_LINE, 'font-size': LABEL }),
    );
    const top = y + names.length * LABEL_LINE + 2;
    y = top + lines * LINE + 10;
    const tokens = placed.map((token, key) => {
      const shade = shadeWeight(weightAt(slice, row, key), largest);
      return drawToken(token, shade, tell(row, key), { ...area, y: top });
    });
    return labels.join('') + tokens.join('');
  });
  return { body: blocks.join(''), height: y - area.y - 10 };
}

function drawToken({ text, x, line, width }: PlacedToken, shade: number, tip: string, area: Area): string {
  const [left, top] = [area.x + x, area.y + line * LINE];
  const ground = element('rect', { class: shade === 0 ? 'bg' : `a${shade}`, x: left, y: top, width, height: BOX });
  const letters = textElement(text, {
    ...{ class: shade === 0 ? 't' : `i${shade}`, x: left + width / 2, y: top + BOX / 2 + SIZE * 0.35 },
    ...{ 'font-size': SIZE, 'text-anchor': 'middle' },
  });
  return element('g', {}, element('title', {}, escapeXml(tip)) + ground + letters);
}

/** From left to right, or from the right where most tokens are read so; a newline ends its line. */
function placeTokens(tokens: readonly string[], width: number): readonly PlacedToken[] {
  const fromRight = areReadFromRight(tokens);
  let x = 0;
  let line = 0;
  return tokens.map((token): PlacedToken => {
    const text = cutToken(token, Math.min(LONGEST, width / FONT_SPREAD - 2 * PADDING), SIZE);
    const wide = Math.max(measureText(text, SIZE) * FONT_SPREAD + 2 * PADDING, SIZE);
    if (x > 0 && x + wide > width) {
      x = 0;
      line++;
    }
    const place = { text, x: fromRight ? width - x - wide : x, line, width: wide };
    x = token.endsWith('\n') ? width : x + wide + GAP;
    return place;
  });
}
