const IDEOGRAPH = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uff60]/u;
const NOT_FIRST = /^[\p{Pe}\p{Pf}\p{Po}ー々]/u;
const NOT_LAST = /^[\p{Ps}\p{Pi}]/u;

/** A character with its width. */
export interface Glyph {
  readonly text: string;
  readonly width: number;
}

/** Whether a line may end before `next`. */
function mayBreak(previous: string, next: string): boolean {
  if (/^\s/.test(next)) return false;
  if (/^\s/.test(previous)) return true;
  if (NOT_FIRST.test(next) || NOT_LAST.test(previous)) return false;
  return IDEOGRAPH.test(previous) || IDEOGRAPH.test(next) || (/^[-–—/]/.test(previous) && /^\p{L}/u.test(next));
}

/**
 * Where lines of a width begin and end, as half-open ranges of glyphs. A newline ends a line and belongs to it. Lines break at
 * blanks, after hyphens and between ideographs; a word wider than a line breaks anywhere. Blanks at the end may hang over.
 */
export function breakLines(glyphs: readonly Glyph[], width: number): readonly (readonly [start: number, end: number])[] {
  const lines: (readonly [number, number])[] = [];
  let start = 0;
  let chance = 0;
  let used = 0;
  for (let index = 0; index < glyphs.length; index++) {
    const glyph = glyphs[index];
    if (glyph === undefined) break;
    if (index > start && mayBreak(glyphs[index - 1]?.text ?? '', glyph.text)) chance = index;
    used += glyph.width;
    if (/[\n\r\u2028\u2029]/.test(glyph.text)) {
      // One that is shown needs its room too.
      const overflows = used > width && index > start && glyph.width > 0;
      if (overflows) lines.push([start, index]);
      lines.push([overflows ? index : start, index + 1]);
      start = chance = index + 1;
      used = 0;
    } else if (used > width && index > start && !/^\s/.test(glyph.text)) {
      const end = chance > start ? chance : index;
      lines.push([start, end]);
      used = 0;
      for (let at = end; at <= index; at++) used += glyphs[at]?.width ?? 0;
      start = chance = end;
    }
  }
  if (start < glyphs.length) lines.push([start, glyphs.length]);
  return lines;
}
