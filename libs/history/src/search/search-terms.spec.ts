import { describe, expect, it } from '@jest/globals';
import { indexExplanation, indexInput, MAX_INDEXED_WORDS, queryTerms } from './search-terms.js';

const key = new Uint8Array(32).fill(1);
const finds = (input: unknown, query: string) => {
  const { terms } = indexInput(key, input);
  return queryTerms(key, query).every((term) => terms.includes(term));
};

describe('terms of an input', () => {
  it('finds a text by its words in any order, and by no part of a word', () => {
    const input = { text: 'A gripping, funny film.' };
    expect(finds(input, 'FILM gripping')).toBe(true);
    expect(finds(input, 'grip')).toBe(false);
    expect(finds(input, 'film boring')).toBe(false);
  });

  it('finds Chinese by words, wherever the text around them cuts', () => {
    const input = { text: '我很喜欢这部电影，非常感人。' };
    for (const query of ['电影', '喜欢', '很喜欢', '感人', '非常感人', '喜欢电影'])
      expect([query, finds(input, query)]).toEqual([query, true]);
    expect(finds(input, '无聊')).toBe(false);
  });

  it('finds a prompt by the words that followed it, and by one that crosses the border', () => {
    const input = { prompt: 'Once upon a ti', generate: { maxTokens: 4 } };
    const { terms } = indexExplanation(key, input, { text: 'me, Lily', generated: [{ token: 'me' }] });
    const found = (query: string) => queryTerms(key, query).every((term) => terms.includes(term));
    expect(['lily', 'time', 'ti', 'once lily'].map(found)).toEqual([true, true, true, true]);
    expect(found('me')).toBe(false);
    const plain = indexExplanation(key, { text: 'a film' }, { text: 'lily' });
    expect(plain).toEqual(indexInput(key, { text: 'a film' }));
  });

  it('finds a row by the strings of its columns', () => {
    const input = { features: { age: 39, workclass: 'Self-emp-inc', country: 'Viet-Nam' } };
    expect(finds(input, 'viet nam')).toBe(true);
    expect(finds(input, 'workclass')).toBe(false);
    expect(finds(input, '39')).toBe(false);
  });

  it('says when words were left out', () => {
    const text = Array.from({ length: MAX_INDEXED_WORDS + 1 }, (_, index) => `w${index}`).join(' ');
    expect(indexInput(key, { text })).toMatchObject({ complete: false, terms: { length: MAX_INDEXED_WORDS } });
    expect(indexInput(key, { text: text.slice(0, text.lastIndexOf(' ')) })).toMatchObject({ complete: true });
  });

  it('means nothing under another key', () => {
    expect(queryTerms(new Uint8Array(32).fill(2), 'film')).not.toEqual(queryTerms(key, 'film'));
    expect(queryTerms(key, 'film film')).toHaveLength(1);
    expect(queryTerms(key, '…!')).toEqual([]);
  });
});
