import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cutWords, spreadWord } from './cut-words.js';

const words = (text: string) => [...cutWords(text)];

describe('cutWords', () => {
  it('cuts by words in scripts with and without spaces', () => {
    expect(words("The film’s well-done; don't miss it: 3.14 of 4!")).toEqual([
      'the',
      'film’s',
      'well',
      'done',
      "don't",
      'miss',
      'it',
      '3.14',
      'of',
      '4',
    ]);
    expect(words('这部电影，非常感人。')).toEqual(expect.arrayContaining(['电影', '非常', '感人']));
    expect(words('東京タワーに行きました')).toContain('東京タワー');
    expect(words('ฉันรักภาษาไทย')).toContain('ภาษา');
  });

  it('makes variants of one word equal', () => {
    for (const [one, other] of [
      ['STRASSE', 'straße'],
      ['ﬁlm', 'FILM'],
      ['ＦＵＬＬ', 'full'],
      ['ΟΔΟΣ', 'οδος'],
      ['Café', 'CAFE\u0301'],
    ] as const)
      expect(words(one)).toEqual(words(other));
  });

  it('takes nothing from operators and punctuation', () => {
    expect(words(' %_ & | ! <-> :* \'"; -- 。、！')).toEqual([]);
    expect(words('a & b:* | !c')).toEqual(['a', 'b', 'c']);
  });

  it('cuts long texts as short ones, in time that grows with the length', () => {
    // The reference is the segmenter itself over the whole text, which is what a window must not change.
    const whole = (text: string) =>
      [...new Intl.Segmenter('en', { granularity: 'word' }).segment(text.normalize('NFKC'))]
        .filter((one) => one.isWordLike)
        .map((one) => one.segment.toUpperCase().toLowerCase().normalize('NFKC'));
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('word', 'a', '😀', ' ', ', ', "don't", '3.5', '电影。', '\n', 'é'), { maxLength: 700 }),
        (parts) => {
          const text = parts.join('');
          expect(words(text)).toEqual(whole(text));
        },
      ),
      { numRuns: 50 },
    );
    expect(words('x'.repeat(100_000))).toEqual(['x'.repeat(100_000)]);
    expect(words('ab '.repeat(100_000))).toHaveLength(100_000);
  });
});

describe('spreadWord', () => {
  it('finds a Han word within a longer one', () => {
    expect(spreadWord('很喜欢')).toEqual(expect.arrayContaining(['很喜欢', '喜欢', '欢']));
    expect(spreadWord('東京タワー')).toEqual(expect.arrayContaining(['東京タワー', '東京', 'タワー']));
    expect(spreadWord('film')).toEqual(['film']);
    expect(spreadWord('好'.repeat(1000)).length).toBeLessThan(10);
  });
});
