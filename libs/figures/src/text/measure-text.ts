import { helveticaWidths } from './helvetica-widths.js';

const WIDE = /^(?:\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[\u3000-\u303f\uff00-\uff60])/u;
const EMOJI = /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator})/u;
const INVISIBLE = /^[\p{M}\p{Cf}\ufe00-\ufe0f]+$/u;

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Times its measure, the room that a text may need: where Helvetica is missing, DejaVu Sans stands in, a sixth wider. */
export const FONT_SPREAD = 1.2;

/** What a reader takes for one character: combining marks, joined emoji and flags stay whole. */
export function splitGraphemes(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/**
 * Width of a text in Helvetica or a font of its metrics. Characters that the table does not know are taken at the usual
 * width of their script, so that the result is an estimate for them.
 *
 * @param size font size; the result has its unit
 */
export function measureText(text: string, size: number, bold = false): number {
  const thousandths = splitGraphemes(text).reduce((sum, grapheme) => sum + measureGrapheme(grapheme), 0);
  return (thousandths / 1000) * size * (bold ? 1.07 : 1);
}

/**
 * Length of the longest beginning of a text that fits into a width, in code units; 0 where not even the first character does. Nothing behind it is
 * looked at, so that a word of any length costs no more than a line.
 *
 * @param width in the unit of `size`
 */
export function fittingLength(text: string, width: number, size: number, bold = false): number {
  let thousandths = 0;
  for (const { segment, index } of segmenter.segment(text)) {
    thousandths += measureGrapheme(segment);
    if ((thousandths / 1000) * size * (bold ? 1.07 : 1) > width) return index;
  }
  return text.length;
}

/** Whether the width of a text is known and not guessed. */
export function isMeasured(text: string): boolean {
  return splitGraphemes(text).every((grapheme) => WIDE.test(grapheme) || knownWidth(grapheme.normalize('NFD').charAt(0)) !== undefined);
}

function measureGrapheme(grapheme: string): number {
  const plain = knownWidth(grapheme);
  if (plain !== undefined) return plain;
  if (INVISIBLE.test(grapheme)) return 0;
  if (EMOJI.test(grapheme)) return 1250;
  if (WIDE.test(grapheme)) return 1000;
  // Letters with marks have the width of the letter.
  const base = knownWidth(grapheme.normalize('NFD').charAt(0));
  if (base !== undefined) return base;
  return /^\p{Lu}/u.test(grapheme) ? 720 : 600;
}

function knownWidth(character: string): number | undefined {
  if (character.length !== 1) return undefined;
  if (character === '\u00a0') return helveticaWidths[0];
  if (character === '\u2212') return 584;
  return helveticaWidths[character.charCodeAt(0) - 32];
}
