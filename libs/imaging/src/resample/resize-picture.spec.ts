import { describe, expect, it } from '@jest/globals';
import { readGoldenText } from '#testing';
import type { Picture } from '../picture.js';
import { resizePicture } from './resize-picture.js';

interface Case {
  readonly from: readonly [height: number, width: number, channels: 1 | 3];
  readonly to: readonly [height: number, width: number];
  readonly resample: 'box' | 'nearest' | 'bilinear';
  readonly pixels: readonly number[];
}

const { cases } = JSON.parse(readGoldenText('image/resize.json')) as { readonly cases: readonly Case[] };

function drawSource([height, width, channels]: Case['from']): Picture {
  const pixels = Uint8Array.from(
    { length: height * width * channels },
    (_, at) => (31 * at * at + 17 * at + 91 * Math.floor(at / 7)) % 256,
  );
  return { width, height, channels, pixels };
}

describe('resizePicture', () => {
  it.each(cases.map((one) => [one.resample, one.from.join(' x '), one.to.join(' x '), one] as const))(
    '%s from %s to %s gives the bytes of Pillow',
    (_resample, _from, _to, { from, to, resample, pixels }) => {
      const resized = resizePicture(drawSource(from), to[0], to[1], resample);
      expect(resized).toMatchObject({ height: to[0], width: to[1], channels: from[2] });
      expect([...resized.pixels]).toEqual(pixels);
    },
  );

  it.each(['box', 'nearest'] as const)('%s undoes the repetition of each pixel', (resample) => {
    const small = drawSource([6, 5, 3]);
    for (const times of [2, 3, 4, 7]) {
      const pixels = new Uint8Array(small.pixels.length * times * times);
      for (let y = 0; y < 6 * times; y++)
        for (let x = 0; x < 5 * times; x++)
          for (let channel = 0; channel < 3; channel++)
            pixels[(y * 5 * times + x) * 3 + channel] =
              small.pixels[(Math.floor(y / times) * 5 + Math.floor(x / times)) * 3 + channel] ?? 0;
      const large: Picture = { height: 6 * times, width: 5 * times, channels: 3, pixels };
      expect([...resizePicture(large, 6, 5, resample).pixels]).toEqual([...small.pixels]);
    }
  });

  it.each(['box', 'nearest', 'bilinear'] as const)('%s leaves a picture of the right size as it is, and a flat one flat', (resample) => {
    const picture = drawSource([4, 3, 1]);
    expect(resizePicture(picture, 4, 3, resample)).toBe(picture);
    const flat: Picture = { height: 9, width: 11, channels: 1, pixels: new Uint8Array(99).fill(77) };
    expect(new Set(resizePicture(flat, 5, 14, resample).pixels)).toEqual(new Set([77]));
  });
});
