import { describe, expect, it } from '@jest/globals';
import { matchesEtag } from './matches-etag.js';

describe('matchesEtag', () => {
  it.each(['"abc"', 'W/"abc"', '"x", "abc"', '*', ' * '])('%s means the same', (header) => expect(matchesEtag(header, '"abc"')).toBe(true));
  it.each([undefined, '', 'abc', '"abcd"', '"x", "y"'])('%s does not', (header) => expect(matchesEtag(header, '"abc"')).toBe(false));
});
