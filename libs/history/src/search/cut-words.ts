// The language decides a handful of rules of the segmenter and must be the same on every machine; scripts without spaces
// are cut by dictionary whatever the language.
const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
/** The segmenter of V8 takes quadratic time in the length of its text, so that long texts are cut window by window. */
const WINDOW = 512;
const RUN = /\p{Script=Han}+|\p{Script=Hiragana}+|[\p{Script=Katakana}ー]+/gu;
const HAN = /^\p{Script=Han}/u;
const LONGEST_PART = 4;

/**
 * Words of a text for searching, folded so that spelling variants of one word are equal: Unicode NFKC, then both cases
 * (`ß` and `SS`, `ς` and `Σ` are one). Boundaries are those of `Intl.Segmenter`; what holds no letter and no digit is no word.
 * Words come in the order of the text, as often as they occur.
 *
 * Source: Unicode Standard Annex 29 (word boundaries), ICU's dictionaries for scripts without spaces.
 */
export function* cutWords(text: string): Generator<string> {
  const normal = text.normalize('NFKC');
  let start = 0;
  for (let size = WINDOW; start < normal.length;) {
    const end = endOfWindow(normal, start + size);
    const segments = [...segmenter.segment(normal.slice(start, end))];
    // The last segment may go on beyond the window: it is the first of the next one.
    if (end < normal.length) segments.pop();
    for (const { segment, isWordLike } of segments) if (isWordLike === true) yield fold(segment);
    const last = segments.at(-1);
    if (last === undefined) size *= 2;
    else {
      start += last.index + last.segment.length;
      size = WINDOW;
    }
  }
}

/**
 * What a word is found by: the word, the runs of one East Asian script in it (東京 and タワー in 東京タワー), and the shorter
 * words within a run of Han characters. Where such a word ends depends on its neighbours (很喜欢 in one sentence, 喜欢
 * alone), so that the whole word would not be enough.
 */
export function spreadWord(word: string): string[] {
  const found = new Set([word]);
  for (const [run] of word.matchAll(RUN)) {
    found.add(run);
    if (!HAN.test(run)) continue;
    const characters = [...run];
    for (let from = 0; from < characters.length; from++)
      for (let to = from + 1; to <= Math.min(characters.length, from + LONGEST_PART); to++) found.add(characters.slice(from, to).join(''));
  }
  return [...found];
}

function fold(word: string): string {
  return word.toUpperCase().toLowerCase().normalize('NFKC');
}

// Between the halves of a surrogate pair is no place to cut.
function endOfWindow(text: string, end: number): number {
  if (end >= text.length) return text.length;
  const unit = text.charCodeAt(end);
  return unit >= 0xdc00 && unit <= 0xdfff ? end + 1 : end;
}
