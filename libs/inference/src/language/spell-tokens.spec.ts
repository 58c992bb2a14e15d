import { describe, expect, it } from '@jest/globals';
import { spellTokens } from './spell-tokens.js';

describe('spellTokens', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['nothing to no token', ['before'], []],
    ['each token what it adds', ['a', 'a b', 'a bc'], [' b', 'c']],
    ['a character to the token that completes it', ['a', 'a\ufffd', 'a\ufffd\ufffd', 'aé'], ['', '', 'é']],
    ['what was cut before the first token', ['a\ufffd', 'aé', 'aé!'], ['é', '!']],
    ['a mark of no character that stays', ['', '\ufffd', '\ufffd\ufffd'], ['\ufffd', '\ufffd']],
    ['what a decoder takes back to the token after it', ['a', 'a .', 'a.b'], ['', '.b']],
    ['no half of a pair', ['', '😀', '😁!'], ['', '😁!']],
  ])('gives %s', (_what, texts, pieces) => {
    expect(spellTokens(texts)).toEqual(pieces);
    const base = texts[0]?.replace(/\ufffd+$/, '') ?? '';
    expect(base + pieces.join('')).toBe(texts.at(-1) ?? '');
  });
});
