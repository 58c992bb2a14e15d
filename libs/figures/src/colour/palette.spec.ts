import { describe, expect, it } from '@jest/globals';
import { contrast } from './contrast.js';
import { oklchToRgb, toHex } from './oklch.js';
import { palettes, SHADES } from './palette.js';

/** How far a colour is moved in OKLCH, at most, when its channels are rounded to 8 bits: found by trying, see the test below. */
const ROUNDING = 0.0025;

/** Lightness, chroma and hue in degrees: the way back from sRGB. Source: B. Ottosson, "A perceptual color space for image processing" (2020). */
function toOklch(hex: string): readonly [lightness: number, chroma: number, hue: number] {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  const a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const b = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return [0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s, Math.hypot(a, b), ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360];
}

describe('contrast', () => {
  it('is that of WCAG', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 10);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2); // the known grey that just fails
    expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
  });
});

describe('oklchToRgb', () => {
  // Values of CSS Color 4: red, green, blue and white of sRGB.
  it.each([
    ['#ff0000', 0.62796, 0.25768, 29.234],
    ['#008000', 0.51975, 0.17686, 142.495],
    ['#0000ff', 0.45201, 0.31321, 264.052],
    ['#ffffff', 1, 0, 0],
  ])('gives %s', (hex, lightness, chroma, hue) => {
    expect(toHex(oklchToRgb(lightness, chroma, hue))).toBe(hex);
  });

  it('is undone by the way back, but for the rounding of its channels to 8 bits', () => {
    for (let lightness = 0.25; lightness < 0.97; lightness += 0.01)
      for (let hue = 0; hue < 360; hue += 3) {
        const [backLightness, backChroma] = toOklch(toHex(oklchToRgb(lightness, 0.01, hue)));
        expect(Math.max(Math.abs(backLightness - lightness), Math.abs(backChroma - 0.01))).toBeLessThan(ROUNDING);
      }
  });

  it('takes chroma away where sRGB ends, and keeps every channel in range', () => {
    for (let hue = 0; hue < 360; hue += 7) for (const channel of oklchToRgb(0.7, 0.4, hue)) expect(channel).toBeGreaterThanOrEqual(0);
  });
});

describe.each(['light', 'dark'] as const)('the %s palette', (name) => {
  const palette = palettes[name];
  const grounds = [
    palette.page,
    ...palette.shades.toward,
    ...palette.shades.against,
    ...Object.values(palette.pale),
    ...Object.values(palette.hatch),
  ];

  it('keeps text readable on every colour: 4.5 to 1', () => {
    for (const ground of grounds) expect(contrast(palette.text, ground)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(palette.quiet, palette.page)).toBeGreaterThanOrEqual(4.5);
  });

  it('lets bars and rules stand out from the page: 3 to 1', () => {
    for (const colour of Object.values(palette.strong)) expect(contrast(colour, palette.page)).toBeGreaterThanOrEqual(3);
  });

  it('draws the hatching so that it shows on what it lies on, and that on the page least of all', () => {
    for (const hue of ['toward', 'against', 'amount'] as const)
      expect(contrast(palette.hatch[hue], palette.pale[hue])).toBeGreaterThan(contrast(palette.pale[hue], palette.page));
  });

  it('adds lightness and chroma in even steps, the same for both hues: a strength looks as strong toward as against', () => {
    const lookOf = (colour: string) => toOklch(colour).slice(0, 2);
    for (const shades of [palette.shades.toward, palette.shades.against]) {
      const [weakest = [], strongest = []] = [shades[0] ?? '', shades.at(-1) ?? ''].map(lookOf);
      expect(Math.abs((strongest[0] ?? 0) - (weakest[0] ?? 0))).toBeGreaterThan(0.2);
      expect((strongest[1] ?? 0) - (weakest[1] ?? 0)).toBeGreaterThan(0.08);
      shades.forEach((colour, index) => {
        lookOf(colour).forEach((value, axis) => {
          const even = (weakest[axis] ?? 0) + (((strongest[axis] ?? 0) - (weakest[axis] ?? 0)) * index) / (shades.length - 1);
          expect(Math.abs(value - even)).toBeLessThan(2 * ROUNDING);
        });
      });
    }
    palette.shades.toward.forEach((colour, index) => {
      const other = lookOf(palette.shades.against[index] ?? '');
      lookOf(colour).forEach((value, axis) => expect(Math.abs(value - (other[axis] ?? 0))).toBeLessThan(2 * ROUNDING));
    });
  });

  it('gives values a lightness that goes evenly from low to high', () => {
    const lightness = palette.values.slice(1).map((colour) => toOklch(colour)[0]);
    const step = ((lightness.at(-1) ?? 0) - (lightness[0] ?? 0)) / (lightness.length - 1);
    expect(Math.abs(step)).toBeGreaterThan(0.1);
    lightness.forEach((value, index) => expect(Math.abs(value - ((lightness[0] ?? 0) + step * index))).toBeLessThan(2 * ROUNDING));
  });

  it('gives amounts a lightness that goes evenly away from the page, in one hue, and a chroma that no step loses', () => {
    const looks = palette.amounts.map(toOklch);
    const [weakest = [], strongest = []] = [looks[0], looks.at(-1)];
    expect(looks).toHaveLength(SHADES);
    expect(Math.abs((strongest[0] ?? 0) - (weakest[0] ?? 0))).toBeGreaterThan(0.5);
    looks.forEach(([lightness, chroma, hue], index) => {
      const even = (axis: 0 | 1) => (weakest[axis] ?? 0) + (((strongest[axis] ?? 0) - (weakest[axis] ?? 0)) * index) / (SHADES - 1);
      expect(Math.abs(lightness - even(0))).toBeLessThan(2 * ROUNDING);
      expect(Math.abs(chroma - even(1))).toBeLessThan(2 * ROUNDING);
      expect(Math.abs(hue - 175)).toBeLessThan(4);
    });
    const steps = palette.amounts.map((colour) => contrast(colour, palette.page));
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    // The weakest is told from nothing at all.
    expect(steps[0]).toBeGreaterThan(1.1);
  });

  it('keeps text readable on every amount: 4.5 to 1', () => {
    expect(palette.inks).toHaveLength(SHADES);
    palette.amounts.forEach((colour, index) => expect(contrast(palette.inks[index] ?? colour, colour)).toBeGreaterThanOrEqual(4.5));
  });

  it('goes steadily from weak to strong, alike for both hues', () => {
    for (const shades of [palette.shades.toward, palette.shades.against]) {
      const steps = shades.map((colour) => contrast(colour, palette.page));
      expect(steps).toEqual(steps.toSorted((a, b) => a - b));
      expect(new Set(shades).size).toBe(shades.length);
    }
    palette.shades.toward.forEach((colour, index) => {
      expect(contrast(colour, palette.shades.against[index] ?? '')).toBeLessThan(1.15);
    });
  });
});
