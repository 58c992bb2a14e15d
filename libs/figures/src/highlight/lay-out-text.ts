import { breakLines } from '../text/break-lines.js';
import { directText, orderVisually } from '../text/direct-text.js';
import { measureText, splitGraphemes } from '../text/measure-text.js';
import type { Run } from './mark-text.js';

/** A piece of one run on one line, with its place. */
export interface PlacedPiece {
  readonly run: Run;
  readonly text: string;
  readonly line: number;
  /** From the left edge. */
  readonly x: number;
  readonly width: number;
  readonly rightToLeft: boolean;
}

interface Letter {
  readonly text: string;
  readonly width: number;
  readonly run: Run;
  readonly level: number;
}

/**
 * Breaks the runs of a text into lines and places them, each line in the order in which it is read.
 *
 * @param width of the lines, in the unit of `size`
 */
export function layOutText(text: string, runs: readonly Run[], width: number, size: number): { pieces: PlacedPiece[]; lines: number } {
  const paragraphs = readLetters(text, runs, size);
  const pieces: PlacedPiece[] = [];
  let line = 0;
  for (const { base, letters } of paragraphs) {
    for (const [start, end] of breakLines(letters, width)) {
      pieces.push(...placeLine(letters.slice(start, end), line, base === 1 ? width : null));
      line++;
    }
  }
  return { pieces, lines: line };
}

/** The graphemes of each paragraph. A grapheme that two features share is cut between them. */
function readLetters(text: string, runs: readonly Run[], size: number): { base: 0 | 1; letters: Letter[] }[] {
  const all = runs.flatMap((run) => splitGraphemes(text.slice(run.start, run.end)).map((grapheme) => ({ run, text: grapheme })));
  const paragraphs: { base: 0 | 1; letters: Letter[] }[] = [];
  for (let start = 0; start < all.length;) {
    let end = start;
    while (end < all.length && !isNewline(all[end]?.text)) end++;
    const part = all.slice(start, end + 1);
    const { base, levels } = directText(part.map((one) => one.text));
    const letters = part.map((one, index) => ({ ...one, width: widthOf(one.text, one.run, size), level: levels[index] ?? base }));
    paragraphs.push({ base, letters });
    start = end + 1;
  }
  return paragraphs;
}

function isNewline(grapheme: string | undefined): boolean {
  return grapheme !== undefined && /[\n\r\u2028\u2029]/.test(grapheme);
}

// A marked piece without a width of its own, such as a combining mark that is a token, still shows its colour.
function widthOf(grapheme: string, run: Run, size: number): number {
  if (isNewline(grapheme)) return run.mark === null ? 0 : size;
  if (grapheme === '\t') return measureText('    ', size);
  const width = measureText(/^\s$/.test(grapheme) ? ' ' : grapheme, size);
  return width === 0 && run.mark !== null && run.end - run.start === grapheme.length ? size / 3 : width;
}

function placeLine(letters: readonly Letter[], line: number, alignRight: number | null): PlacedPiece[] {
  const seen = trimEnd(letters);
  const pieces: PlacedPiece[] = [];
  const total = seen.reduce((sum, letter) => sum + letter.width, 0);
  let x = alignRight === null ? 0 : alignRight - total;
  const order = orderVisually(seen.map((letter) => letter.level));
  for (let start = 0; start < order.length;) {
    const first = seen[order[start] ?? -1];
    if (first === undefined) break;
    let end = start + 1;
    while (end < order.length && joins(first, seen[order[end] ?? -1])) end++;
    const indices = order.slice(start, end).toSorted((a, b) => a - b);
    const members = indices.flatMap((index) => seen[index] ?? []);
    const width = members.reduce((sum, letter) => sum + letter.width, 0);
    const text = members.map((letter) => letter.text).join('');
    pieces.push({ run: first.run, text, line, x, width, rightToLeft: first.level % 2 === 1 });
    x += width;
    start = end;
  }
  return pieces;
}

function joins(first: Letter, other: Letter | undefined): boolean {
  return other?.run === first.run && other.level === first.level;
}

/** Blanks that belong to no feature are not drawn at the end of a line. */
function trimEnd(letters: readonly Letter[]): readonly Letter[] {
  const last = letters.findLastIndex((letter) => letter.run.mark !== null || !/^\s/.test(letter.text));
  return letters.slice(0, last + 1);
}
