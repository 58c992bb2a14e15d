import { describe, expect, it } from '@jest/globals';
import { segmentText, type TextUnit } from './segment-text.js';

const cut = (text: string, unit: TextUnit): string[] => segmentText(text, unit).map(([start, end]) => text.slice(start, end));

describe('segmentText into words', () => {
  it.each([
    ['at once half-baked and overheated .', ['at', 'once', 'half', 'baked', 'and', 'overheated']],
    ["don't can't won't o'clock", ["don't", "can't", "won't", "o'clock"]],
    ["ca n't 've 'quoted' l’été rock'n'roll", ['ca', "n't", 've', 'quoted', 'l’été', "rock'n'roll"]],
    ['1,000.50 $ 3½ snake_case', ['1', '000', '50', '3½', 'snake_case']],
    ['naïve café — déjà vu', ['naïve', 'café', 'déjà', 'vu']],
    ['e\u0301clair', ['e\u0301clair']],
    ['مرحبا بالعالم', ['مرحبا', 'بالعالم']],
    ['𝕌𝕟𝕚 ﬁne', ['𝕌𝕟𝕚', 'ﬁne']],
    ['... !? ❤️', []],
    ['', []],
  ])('cuts %p at what is no letter, mark or digit', (text, words) => {
    expect(cut(text, 'words')).toEqual(words);
  });

  it.each(['とても面白い映画でした', 'หนังเรื่องนี้ดีมาก', '这部电影真的很好看', 'ນີ້ແມ່ນດີຫຼາຍ', 'នេះល្អណាស់', 'ဒါကောင်းတယ်'])(
    'cuts %p, of a script without spaces, as the dictionary does',
    (text) => {
      const expected = Array.from(new Intl.Segmenter('en', { granularity: 'word' }).segment(text), (one) => one.segment);
      expect(expected.length).toBeGreaterThan(1);
      expect(cut(`${text}。`, 'words')).toEqual(expected);
    },
  );

  it.each([
    ['iPhone用ケース2', ['iPhone', '用', 'ケース', '2']],
    ["映画's", ['映画', 's']],
    ['ab゙c', ['ab゙c']],
  ])('cuts %p where its scripts meet', (text, words) => {
    expect(cut(text, 'words')).toEqual(words);
  });

  it('loses no letter of a long text without spaces, and cuts most of it as one window would', () => {
    const phrase = 'หนังเรื่องนี้ดีมาก';
    const words = cut(phrase.repeat(400), 'words');
    expect(words.join('')).toBe(phrase.repeat(400));
    expect(words).toEqual(Array.from({ length: 400 }, () => cut(phrase, 'words')).flat());
  });
});

describe('segmentText into characters', () => {
  it('keeps what a reader sees as one character together', () => {
    expect(cut('é ❤️\t👩‍👩‍👧‍👦🇫🇷x', 'characters')).toEqual(['é', '❤️', '👩‍👩‍👧‍👦', '🇫🇷', 'x']);
  });

  it('keeps pairs of regional indicators together through every window', () => {
    const flags = '🇫🇷🇩🇪'.repeat(500);
    expect(new Set(cut(flags, 'characters'))).toEqual(new Set(['🇫🇷', '🇩🇪']));
  });

  it('keeps 5,000 combining marks on one letter', () => {
    expect(cut(`a${'\u0301'.repeat(5000)}b`, 'characters').map((one) => one.length)).toEqual([5001, 1]);
  });
});

describe('segmentText into sentences', () => {
  it('trims them', () => {
    expect(cut('  It is 3.5 stars. Really?  Yes!\n\nThe end', 'sentences')).toEqual(['It is 3.5 stars.', 'Really?', 'Yes!', 'The end']);
  });

  it('finds one in a text without a full stop, however long', () => {
    expect(cut('word '.repeat(20_000), 'sentences')).toHaveLength(1);
  });

  it('cuts a long text in the same places as a short one', () => {
    expect(cut('A bad film. No, worse! '.repeat(1000), 'sentences')).toEqual(
      Array.from({ length: 1000 }, () => ['A bad film.', 'No, worse!']).flat(),
    );
  });
});

describe('segmentText with a limit', () => {
  it.each(['words', 'characters', 'sentences'] as const)('stops after the first %s', (unit) => {
    const text = 'It is bad. No, it is worse! หนังเรื่องนี้ดีมาก';
    expect(segmentText(text, unit, 2)).toEqual(segmentText(text, unit).slice(0, 2));
  });
});

describe('segmentText of the part a model sees', () => {
  const text = 'A slow film. 这部电影真的很好看。 It never loses its heart! ❤️ '.repeat(40);

  it.each(['words', 'characters', 'sentences'] as const)('finds the %s that start before a position as it finds them all', (unit) => {
    const all = segmentText(text, unit);
    for (const before of [0, 1, 7, 100, 513, text.length])
      expect(segmentText(text, unit, Infinity, before)).toEqual(all.filter(([start]) => start < before));
  });
});
