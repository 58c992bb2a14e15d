import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import type { ImageDescription, ImageInput } from '#explainers';
import { encodePng } from './encode-png.js';
import { readImage } from './read-image.js';
import { summariseImage } from './summarise-image.js';

const examples = new URL('../../../models/digits-resnet/examples/', import.meta.url);

const plain: ImageDescription = {
  ...{ height: 2, width: 3, channels: 3, layout: 'NCHW', scale: 1, resample: 'nearest' },
  ...{ mean: [0, 0, 0], std: [1, 1, 1] },
};
const grey: ImageDescription = { ...plain, channels: 1, mean: [0], std: [1] };

const input = (bytes: Uint8Array, mediaType: ImageInput['mediaType'] = 'image/png'): ImageInput => ({
  mediaType,
  base64: Buffer.from(bytes).toString('base64'),
});
const pixelsOf = async (bytes: Uint8Array, description = plain) => [...(await readImage(input(bytes), description)).pixels];
const codesOf = async (image: ImageInput, description = plain) => (await readImage(image, description)).warnings.map(({ code }) => code);

/** Rising values, so that no two pixels are alike. */
const rising = (channels: number) => Uint8Array.from({ length: 6 * channels }, (_, at) => (at * 37) % 256);
const raw = (channels: 1 | 2 | 3 | 4) => sharp(rising(channels), { raw: { width: 3, height: 2, channels } });
const png = (channels: 1 | 2 | 3 | 4) =>
  raw(channels)
    .toColourspace(channels < 3 ? 'b-w' : 'srgb')
    .png()
    .toBuffer();

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(4);
  frame.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([frame, body, sum]);
}

describe('readImage', () => {
  it('gives the pixels of a PNG and what the model makes of them', async () => {
    const reading = await readImage(input(await png(3)), { ...plain, scale: 1 / 255, mean: [0.5, 0.25, 0], std: [0.5, 1, 2] });
    expect([...reading.pixels]).toEqual([...rising(3)]);
    expect(reading).toMatchObject({ height: 2, width: 3, channels: 3, original: { width: 3, height: 2 }, warnings: [] });
    const of = (channel: number, mean: number, std: number) =>
      Array.from({ length: 6 }, (_, at) => ((((at * 3 + channel) * 37) % 256) / 255 - mean) / std);
    const expected = [...of(0, 0.5, 0.5), ...of(1, 0.25, 1), ...of(2, 0, 2)];
    reading.input.forEach((value, at) => expect(value).toBeCloseTo(expected[at] ?? NaN, 6));
  });

  it('makes three equal channels of grey, and one of colours that are grey', async () => {
    const widened = await pixelsOf(await png(1));
    expect(widened).toEqual([...rising(1)].flatMap((value) => [value, value, value]));
    const back = await encodePng(Uint8Array.from([...rising(1)].flatMap((value) => [value, value, value, 255])), 2, 3);
    expect(await pixelsOf(back, grey)).toEqual([...rising(1)]);
    expect(await pixelsOf(await png(1), grey)).toEqual([...rising(1)]);
    await expect(readImage(input(await png(3)), grey)).rejects.toMatchObject({ code: 'IMAGE_CHANNELS', pointer: '/input/image/base64' });
  });

  it('lays transparency on black, and says so', async () => {
    const pixels = rising(4);
    const image = input(await png(4));
    const expected = Array.from({ length: 18 }, (_, at) => {
      const pixel = Math.floor(at / 3) * 4;
      return Math.round(((pixels[pixel + (at % 3)] ?? 0) * (pixels[pixel + 3] ?? 0)) / 255);
    });
    expect([...(await readImage(image, plain)).pixels]).toEqual(expected);
    expect(await codesOf(image)).toEqual(['IMAGE_ALPHA_ON_BLACK']);
    const opaque = Uint8Array.from(pixels, (value, at) => (at % 4 === 3 ? 255 : value));
    expect(await codesOf(input(await encodePng(opaque, 2, 3)))).toEqual([]);
  });

  it('lays transparent grey on black too, of 8 bits and of 16', async () => {
    const pixels = Uint8Array.from([255, 0, 200, 255, 100, 51, 0, 0, 7, 255, 255, 128]);
    const expected = [0, 200, 20, 0, 7, 128];
    const eight = await sharp(pixels, { raw: { width: 3, height: 2, channels: 2 } })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    const wide = Uint16Array.from(pixels, (value) => value * 257);
    const sixteen = await sharp(wide, { raw: { width: 3, height: 2, channels: 2 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    expect([eight[25], eight[24], sixteen[25], sixteen[24]]).toEqual([4, 8, 4, 16]);
    for (const bytes of [eight, sixteen]) {
      expect(await pixelsOf(bytes, grey)).toEqual(expected);
      expect(await codesOf(input(bytes), grey)).toContain('IMAGE_ALPHA_ON_BLACK');
    }
  });

  it('keeps the upper 8 of 16 bits, and says so', async () => {
    const values = Uint16Array.from({ length: 18 }, (_, at) => (at * 3001 + 255) % 65536);
    const bytes = await sharp(values, { raw: { width: 3, height: 2, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    expect(bytes[24]).toBe(16);
    expect(await pixelsOf(bytes)).toEqual(Array.from(values, (value) => value >> 8));
    expect(await codesOf(input(bytes))).toEqual(['IMAGE_DEPTH_REDUCED']);
  });

  it('turns a picture as its metadata say', async () => {
    const bytes = await raw(3).withMetadata({ orientation: 6 }).png().toBuffer();
    const reading = await readImage(input(bytes), { ...plain, height: 3, width: 2 });
    const at = (row: number, column: number) => [0, 1, 2].map((channel) => ((row * 9 + column * 3 + channel) * 37) % 256);
    // A quarter turn clockwise: the first row becomes the last column.
    expect([...reading.pixels]).toEqual([at(1, 0), at(0, 0), at(1, 1), at(0, 1), at(1, 2), at(0, 2)].flat());
    expect(reading.original).toEqual({ width: 2, height: 3 });
    expect(reading.warnings.map(({ code }) => code)).toContain('IMAGE_ORIENTED');
  });

  it('reads JPEGs, grey and in colour', async () => {
    const flat = sharp({ create: { width: 16, height: 16, channels: 3, background: { r: 200, g: 200, b: 200 } } });
    const colour = await readImage(input(await flat.jpeg({ quality: 100 }).toBuffer(), 'image/jpeg'), plain);
    expect(new Set(colour.pixels)).toEqual(new Set([200]));
    const one = await readImage(input(await flat.toColourspace('b-w').jpeg({ quality: 100 }).toBuffer(), 'image/jpeg'), grey);
    expect(new Set(one.pixels)).toEqual(new Set([200]));
  });

  it('says that proportions changed', async () => {
    expect(await codesOf(input(await png(3)), { ...plain, height: 4, width: 4 })).toEqual(['IMAGE_STRETCHED']);
  });

  it.each(['box', 'nearest'] as const)('reads the large examples as the small ones with %s', async (resample) => {
    const description: ImageDescription = { ...plain, height: 64, width: 64, resample };
    for (const name of ['01-digit-0', '09-digit-8-6', '12-digit-2-3']) {
      const read = (file: string) => pixelsOf(readFileSync(new URL(file, examples)), description);
      expect(await read(`${name}-256.png`)).toEqual(await read(`${name}.png`));
    }
  });
});

describe('what is refused', () => {
  const refuse = async (image: ImageInput, code: string, detail: RegExp, pointer = '/input/image/base64') => {
    await expect(readImage(image, plain)).rejects.toMatchObject({ code, pointer, detail: expect.stringMatching(detail) });
  };

  it('a media type that the bytes deny', async () => {
    await refuse(input(await png(3), 'image/jpeg'), 'IMAGE_INVALID', /bytes are PNG/, '/input/image/mediaType');
  });

  it('other formats, by name', async () => {
    for (const [bytes, name] of [
      [await raw(3).gif().toBuffer(), /GIF/],
      [await raw(3).webp().toBuffer(), /WebP/],
      [await raw(3).tiff().toBuffer(), /TIFF/],
      [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), /SVG/],
      [Buffer.from('hello'), /no picture that is known/],
      [new Uint8Array(0), /no bytes/],
    ] as const)
      await refuse(input(bytes), 'IMAGE_INVALID', name);
  });

  it('what is no base64', async () => {
    const { base64 } = input(await png(3));
    await refuse({ mediaType: 'image/png', base64: `data:image/png;base64,${base64}` }, 'IMAGE_INVALID', /data URL/);
    await refuse({ mediaType: 'image/png', base64: base64.slice(1) }, 'IMAGE_INVALID', /no base64/);
    await refuse({ mediaType: 'image/png', base64: `${base64.slice(0, 40)}\n${base64.slice(41)}` }, 'IMAGE_INVALID', /no base64/);
  });

  it('CMYK', async () => {
    const bytes = await raw(3).toColourspace('cmyk').jpeg().toBuffer();
    await refuse(input(bytes, 'image/jpeg'), 'IMAGE_CHANNELS', /CMYK/);
  });

  it('several frames', async () => {
    const still = await png(3);
    const control = chunk('acTL', Uint8Array.of(0, 0, 0, 2, 0, 0, 0, 0));
    await refuse(input(Buffer.concat([still.subarray(0, 33), control, still.subarray(33)])), 'IMAGE_INVALID', /several frames/);
  });

  it('more pixels or bytes than the limits, without decoding them', async () => {
    const header = Buffer.alloc(13);
    header.writeUInt32BE(5001, 0);
    header.writeUInt32BE(5000, 4);
    header.set([8, 2], 8);
    const still = await png(3);
    const bomb = Buffer.concat([still.subarray(0, 8), chunk('IHDR', header), still.subarray(33)]);
    await refuse(input(bomb), 'IMAGE_TOO_LARGE', /5001 x 5000/);
    await refuse({ mediaType: 'image/png', base64: 'A'.repeat(13_333_340) }, 'IMAGE_TOO_LARGE', /10000005 bytes/);
  });

  it('bytes that are cut off or damaged', async () => {
    const noise = sharp(
      Uint8Array.from({ length: 64 * 64 * 3 }, (_, at) => (at * at) % 251),
      { raw: { width: 64, height: 64, channels: 3 } },
    );
    const whole = await noise.png().toBuffer();
    await refuse(input(whole.subarray(0, whole.length / 2)), 'IMAGE_INVALID', /cannot be decoded/);
    const damaged = Buffer.from(whole);
    damaged.fill(0xaa, 60, 200);
    await refuse(input(damaged), 'IMAGE_INVALID', /cannot be decoded/);
    const jpeg = await noise.jpeg().toBuffer();
    await refuse(input(jpeg.subarray(0, jpeg.length / 2), 'image/jpeg'), 'IMAGE_INVALID', /cannot be decoded/);
  });

  it('never fails in another way, whatever the bytes', async () => {
    const whole = [await png(3), await raw(3).jpeg().toBuffer()];
    for (let round = 0; round < 400; round++) {
      const source = whole[round % 2] ?? new Uint8Array(0);
      const bytes = Buffer.from(source.subarray(0, 8 + ((round * 37) % source.length)));
      bytes[(round * 13 + 4) % bytes.length] = (round * 91) & 255;
      const read = readImage(input(bytes, round % 2 === 0 ? 'image/png' : 'image/jpeg'), plain);
      const failure: unknown = await read.then(() => null).catch((error: unknown) => error);
      if (failure !== null) expect(failure).toMatchObject({ name: 'ExplainProblem' });
    }
  });
});

describe('summariseImage', () => {
  it('names a picture without its bytes', async () => {
    const summary = summariseImage(input(await png(3)));
    expect(summary).toMatchObject({ mediaType: 'image/png', width: 3, height: 2 });
    expect(summary.sha256).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('encodePng', () => {
  it('keeps every byte, of transparent pixels too', async () => {
    const bytes = await encodePng(rising(4), 2, 3);
    const { data } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    expect([...data]).toEqual([...rising(4)]);
    await expect(encodePng(rising(4), 3, 3)).rejects.toThrow(RangeError);
  });
});
