import { describe, expect, it } from '@jest/globals';
import { PageTokens } from './page-token.js';

const tokens = new PageTokens(new Uint8Array(32).fill(1));
const cursor = { createdAt: new Date('2026-11-24T01:02:03.004Z'), id: '0192d1c0-0000-7000-8000-000000000001' };

describe('PageTokens', () => {
  it('reads back what it issued', () => {
    expect(tokens.read(tokens.issue(cursor, 'a', '{"method":"lime-text"}'), 'a', '{"method":"lime-text"}')).toEqual(cursor);
  });

  it('refuses another tenant, another filter, another key', () => {
    const token = tokens.issue(cursor, 'a', 'f');
    expect(tokens.read(token, 'b', 'f')).toBeNull();
    expect(tokens.read(token, 'a', 'g')).toBeNull();
    expect(new PageTokens(new Uint8Array(32).fill(2)).read(token, 'a', 'f')).toBeNull();
  });

  it('does not let tenant and filter run into each other', () => {
    expect(tokens.read(tokens.issue(cursor, 'a', 'bc'), 'ab', 'c')).toBeNull();
  });

  it('refuses every token with one character changed', () => {
    const token = tokens.issue(cursor, 'a', 'f');
    for (let at = 0; at < token.length; at++) {
      const edited = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
      if (
        Buffer.from(edited.split('.')[1] ?? '', 'base64url').equals(Buffer.from(token.split('.')[1] ?? '', 'base64url')) &&
        edited.split('.')[0] === token.split('.')[0]
      )
        continue; // spare bits of the last character
      expect(tokens.read(edited, 'a', 'f')).toBeNull();
    }
  });

  it.each(['', '.', 'a', 'a.b', 'a.b.c', '..', 'é.é'])('refuses %j', (token) => {
    expect(tokens.read(token, 'a', 'f')).toBeNull();
  });
});
