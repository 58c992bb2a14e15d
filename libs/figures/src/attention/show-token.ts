import { directText } from '../text/direct-text.js';
import { splitGraphemes } from '../text/measure-text.js';
import { wrapLabel } from '../text/wrap-label.js';

/** A label is cut long before this; a token can be a whole line of a log. */
const LONGEST = 200;
const UNSEEN = /^[\p{Cf}\p{Default_Ignorable_Code_Point}]+$/u;
const RIGHT_TO_LEFT_MARK = '\u200f';

/** A token that can be seen: a newline is ⏎, a tab ⇥, a blank ␣, a lone mark sits on a circle. Blanks beside letters stay blanks. */
export function showToken(token: string): string {
  const shown = token
    .slice(0, LONGEST)
    .replace(/\r\n|[\n\r\u2028\u2029]/g, '⏎')
    .replace(/\t/g, '⇥');
  if (shown.trim() === '') return shown.replace(/\s/g, '␣') || '(empty)';
  if (UNSEEN.test(shown)) return Array.from(shown, nameCode).join(' ');
  return /^\p{M}/u.test(shown) ? `◌${shown}` : shown;
}

/**
 * A token on one line; what does not fit ends in `…`.
 *
 * @param width and size in the same unit
 */
export function cutToken(token: string, width: number, size: number): string {
  const line = wrapLabel(showToken(token), width, size, 1)[0] ?? '';
  // Without the mark the dots would stand before the first letter of a word that is read from the right.
  return line.endsWith('…') && isReadFromRight(line) ? line + RIGHT_TO_LEFT_MARK : line;
}

/** Whether most tokens are of a script that is read from right to left. */
export function areReadFromRight(tokens: readonly string[]): boolean {
  const lettered = tokens.filter((token) => /\p{L}/u.test(token));
  return lettered.filter(isReadFromRight).length * 2 > lettered.length;
}

function isReadFromRight(token: string): boolean {
  return directText(splitGraphemes(token)).base === 1;
}

function nameCode(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
