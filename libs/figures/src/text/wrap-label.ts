import { fittingLength, measureText, splitGraphemes } from './measure-text.js';

/** Code units of a character, at most: joined emoji have many. */
const longestGrapheme = 64;

/**
 * A label on at most `most` lines of a width, broken between words where that is possible. What does not fit ends in `…`.
 *
 * @param width and size in the same unit
 */
export function wrapLabel(label: string, width: number, size: number, most: number, bold = false): readonly string[] {
  const fits = (text: string) => fittingLength(text, width, size, bold) === text.length;
  const lines: string[] = [];
  let line = '';
  for (const word of label.split(/\s+/).filter((one) => one !== '')) {
    // What follows is not shown.
    if (lines.length > most) break;
    const longer = line === '' ? word : `${line} ${word}`;
    if (fits(longer)) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (lines.length <= most && !fits(line)) {
      const head = takeFitting(line, width, size, bold);
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  if (lines.length <= most) return lines;
  const last = lines[most - 1] ?? '';
  const room = width - measureText('…', size, bold);
  return [...lines.slice(0, most - 1), `${takeFitting(last, room, size, bold)}…`];
}

/** The longest beginning that fits, at least one character. */
function takeFitting(text: string, width: number, size: number, bold: boolean): string {
  const length = fittingLength(text, width, size, bold);
  return length > 0 || text === '' ? text.slice(0, length) : (splitGraphemes(text.slice(0, longestGrapheme))[0] ?? '');
}
