import { describe, expect, it } from '@jest/globals';
import { measurePicture } from './measure-picture.js';

describe('measurePicture', () => {
  it.each([
    ['{"image":{"base64":"AAAA"}}', 4],
    ['{"image":{"base64" :\n "AA\\/A" ,"mediaType":"x"}}', 5],
    ['{"text":"base64"}', 0],
    ['{"base64":1,"text":"long"}', 0],
    ['{"base64":"cut', 0],
    ['"base64"', 0],
    ['', 0],
  ])('of %s is %i bytes', (json, bytes) => {
    expect(measurePicture(Buffer.from(json))).toBe(bytes);
  });
});
