import type { Span } from './span.js';

interface Window {
  /** UTF-16 units looked at in one go. */
  readonly size: number;
  /** Units at its end whose segments are not taken: what follows could still change them. */
  readonly margin: number;
}

const windows: Readonly<Record<'grapheme' | 'word' | 'sentence', Window>> = {
  grapheme: { size: 512, margin: 64 },
  word: { size: 512, margin: 128 },
  sentence: { size: 4096, margin: 1024 },
};

/**
 * Segments of a text by `Intl.Segmenter`, contiguous from its start to its end, found as they are asked for.
 *
 * The segmenter of V8 copies its whole input into every segment it hands out, so that a text of a megabyte would take
 * hours and all memory. It is given windows instead, each starting where a segment starts.
 */
export function* segmentInWindows(text: string, granularity: 'grapheme' | 'word' | 'sentence'): Generator<Span, void, undefined> {
  const { size, margin } = windows[granularity];
  const segmenter = new Intl.Segmenter('en', { granularity });
  let start = 0;
  let length = size;
  while (start < text.length) {
    const window = text.slice(start, start + length);
    const isLast = start + length >= text.length;
    const found = segmentWindow(segmenter, window, isLast ? window.length : length - margin);
    for (const [from, to] of found) yield [start + from, start + to];
    const last = found.at(-1);
    // A segment longer than the window: look further. The windows double, so the work stays linear.
    length = last === undefined ? 2 * length : size;
    start += last === undefined ? 0 : last[1];
  }
}

function segmentWindow(segmenter: Intl.Segmenter, window: string, trusted: number): Span[] {
  const spans: Span[] = [];
  for (const { index, segment } of segmenter.segment(window)) {
    const end = index + segment.length;
    if (end > trusted) break;
    spans.push([index, end]);
  }
  return spans;
}
