import { segmentInWindows } from './segment-in-windows.js';
import type { Span } from './span.js';

/** A way to cut a text into players without a tokenizer. */
export type TextUnit = 'characters' | 'words' | 'sentences';

/** Letters, digits and underscore with their marks, and apostrophes between them: don't, o’clock, l'été. */
const wordRuns = /[\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*(?:['’][\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*)*/gu;

/** Within such a run: a stretch in a script that puts no spaces between words. */
const unspacedRuns = /(?:(?!\p{M})[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]\p{M}*)+/gu;

/**
 * Cuts a text into spans, in reading order, none overlapping another.
 *
 * - words: maximal runs of letters, marks, digits and underscore, with inner apostrophes (a mark alone, such as the variation
 *   selector of an emoji, is no word); stretches in Han, Hiragana, Katakana,
 *   Thai, Lao, Khmer or Myanmar are cut by `Intl.Segmenter`, which has dictionaries for them
 * - characters: grapheme clusters that are not white space
 * - sentences: those of `Intl.Segmenter`, without the white space around them
 *
 * @param atMost stops after so many spans
 * @param before finds only spans that start before this position
 *
 * Source: Unicode Standard Annex #29 for graphemes and sentences.
 */
export function segmentText(text: string, unit: TextUnit, atMost = Infinity, before = Infinity): readonly Span[] {
  const spans: Span[] = [];
  for (const span of unit === 'words' ? findWords(text) : findTrimmed(text, unit)) {
    if (span[0] >= before || spans.push(span) >= atMost) break;
  }
  return spans;
}

function* findTrimmed(text: string, unit: 'characters' | 'sentences'): Generator<Span, void, undefined> {
  for (const segment of segmentInWindows(text, unit === 'characters' ? 'grapheme' : 'sentence')) {
    const span = trimSpan(text, segment);
    if (span !== null) yield span;
  }
}

/** A span without the white space at its ends; null when nothing else is in it. */
export function trimSpan(text: string, [start, end]: Span): Span | null {
  const part = text.slice(start, end);
  const from = start + part.length - part.trimStart().length;
  const to = start + part.trimEnd().length;
  return from < to ? [from, to] : null;
}

function* findWords(text: string): Generator<Span, void, undefined> {
  for (const { 0: run, index } of text.matchAll(wordRuns)) {
    let done = 0;
    for (const { 0: unspaced, index: from } of run.matchAll(unspacedRuns)) {
      yield* findSpaced(run, done, from, index);
      done = from + unspaced.length;
      for (const [start, end] of segmentInWindows(unspaced, 'word')) yield [index + from + start, index + from + end];
    }
    yield* findSpaced(run, done, run.length, index);
  }
}

/** The part of a run beside an unspaced stretch; an apostrophe at its ends is no inner one any more. */
function* findSpaced(run: string, from: number, to: number, offset: number): Generator<Span, void, undefined> {
  let start = from;
  let end = to;
  while (start < end && isApostrophe(run, start)) start++;
  while (start < end && isApostrophe(run, end - 1)) end--;
  if (start < end) yield [offset + start, offset + end];
}

function isApostrophe(text: string, at: number): boolean {
  return text[at] === "'" || text[at] === '’';
}
