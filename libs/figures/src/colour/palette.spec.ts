import { describe, expect, it } from '@jest/globals';
import { contrast } from './contrast.js';
import { oklchToRgb, toHex } from './oklch.js';
import { palettes } from './palette.js';

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
