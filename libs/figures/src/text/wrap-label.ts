import { measureText, splitGraphemes } from './measure-text.js';

/**
 * A label on at most `most` lines of a width, broken between words where that is possible. What does not fit ends in `…`.
 *
 * @param width and size in the same unit
 */
export function wrapLabel(label: string, width: number, size: number, most: number, bold = false): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of label.split(/\s+/).filter((one) => one !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (measureText(longer, size, bold) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (measureText(line, size, bold) > width) {
      const head = takeFitting(line, width, size, bold);
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  if (lines.length <= most) return lines;
  const last = lines[most - 1] ?? '';
  const room = width - measureText('…', size, bold);
  return [...lines.slice(0, most - 1), `${measureText(last, size, bold) <= room ? last : takeFitting(last, room, size, bold)}…`];
}

/** The longest beginning that fits, at least one character. */
function takeFitting(text: string, width: number, size: number, bold: boolean): string {
  let head = '';
  for (const grapheme of splitGraphemes(text)) {
    if (head !== '' && measureText(head + grapheme, size, bold) > width) break;
    head += grapheme;
  }
  return head;
}
