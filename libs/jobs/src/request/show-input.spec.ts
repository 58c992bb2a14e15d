import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { showInput } from './show-input.js';

describe('showInput', () => {
  it('names a picture by its hash and size, and leaves every other input alone', () => {
    const bytes = readFileSync(new URL('../../../../models/digits-resnet/examples/01-digit-0-256.png', import.meta.url));
    const image = { mediaType: 'image/png', base64: bytes.toString('base64') };
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(showInput({ image })).toEqual({ image: { mediaType: 'image/png', sha256, width: 256, height: 256 } });
    for (const input of [{ text: 'image' }, { features: { image: 1 } }, { prompt: 'a', completion: 'b' }])
      expect(showInput(input)).toBe(input);
  });
});
