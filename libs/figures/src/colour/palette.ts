import { contrast } from './contrast.js';
import { oklchToRgb, toHex } from './oklch.js';

/** Shades of a hue; strengths between two shades take the nearer one. */
export const SHADES = 20;

/** Shades of a value between the lowest and the highest of its column. */
export const VALUE_STEPS = 5;

/** Degrees in OKLCH: orange speaks for the target, blue against it. A pair that colour-blind people tell apart. */
const HUES = { toward: 58, against: 252, amount: 175 } as const;

export type Hue = keyof typeof HUES;

/** The colours of one theme, as `#rrggbb`. */
export interface Palette {
  readonly page: string;
  readonly text: string;
  readonly quiet: string;
  readonly line: string;
  /** Behind text, weakest first: SHADES of them. Lightness and chroma go evenly with the strength, alike for both hues: no chroma that sRGB has for one of them alone. */
  readonly shades: Readonly<Record<'toward' | 'against', readonly string[]>>;
  /** Of amounts, weakest first: SHADES of them, over a range of lightness too wide for one colour of text. */
  readonly amounts: readonly string[];
  /** Of text on each of the amounts. */
  readonly inks: readonly string[];
  /** Of points: no order, then from low to high, VALUE_STEPS of them. */
  readonly values: readonly string[];
  /** Of bars and rules. */
  readonly strong: Readonly<Record<Hue, string>>;
  /** Behind what is not distinguishable from zero. */
  readonly pale: Readonly<Record<Hue, string>>;
  /** The hatching over it. */
  readonly hatch: Readonly<Record<Hue, string>>;
}

const AMOUNTS = {
  light: shade('amount', [0.975, 0.32], [0.03, 0.055]),
  dark: shade('amount', [0.245, 0.93], [0.04, 0.1]),
} as const;

export const palettes: Readonly<Record<'light' | 'dark', Palette>> = {
  light: {
    ...{ page: '#ffffff', text: '#1c1c1a', quiet: '#5c5c58', line: '#d8d8d4' },
    shades: { toward: shade('toward', [0.965, 0.72], [0.014, 0.145]), against: shade('against', [0.965, 0.72], [0.014, 0.145]) },
    ...{ amounts: AMOUNTS.light, inks: AMOUNTS.light.map(chooseInk) },
    values: ['#5c5c58', ...steps([0.72, 0.3], [0.11, 0.09])],
    strong: everyHue((hue) => tone(hue, 0.62, 0.16)),
    pale: everyHue((hue) => tone(hue, 0.975, 0.012)),
    hatch: everyHue((hue) => tone(hue, 0.86, 0.07)),
  },
  dark: {
    ...{ page: '#1a1a18', text: '#e8e8e4', quiet: '#a8a8a2', line: '#3c3c3a' },
    shades: { toward: shade('toward', [0.26, 0.48], [0.02, 0.113]), against: shade('against', [0.26, 0.48], [0.02, 0.113]) },
    ...{ amounts: AMOUNTS.dark, inks: AMOUNTS.dark.map(chooseInk) },
    values: ['#a8a8a2', ...steps([0.46, 0.92], [0.07, 0.1])],
    strong: everyHue((hue) => tone(hue, 0.7, 0.14)),
    pale: everyHue((hue) => tone(hue, 0.24, 0.012)),
    hatch: everyHue((hue) => tone(hue, 0.38, 0.06)),
  },
};

type Range = readonly [weak: number, strong: number];

function shade(hue: Hue, lightness: Range, chroma: Range): readonly string[] {
  return Array.from({ length: SHADES }, (_, index) => {
    const strength = (index + 1) / SHADES;
    const mix = ([weak, strong]: Range) => weak + (strong - weak) * strength;
    return tone(hue, mix(lightness), mix(chroma));
  });
}

function steps(lightness: Range, chroma: Range): readonly string[] {
  return Array.from({ length: VALUE_STEPS }, (_, step) => {
    const mix = ([low, high]: Range) => low + ((high - low) * step) / (VALUE_STEPS - 1);
    return tone('amount', mix(lightness), mix(chroma));
  });
}

/** One of them always has 4.5 to 1. */
function chooseInk(ground: string): string {
  return contrast('#000000', ground) >= contrast('#ffffff', ground) ? '#000000' : '#ffffff';
}

function tone(hue: Hue, lightness: number, chroma: number): string {
  return toHex(oklchToRgb(lightness, chroma, HUES[hue]));
}

function everyHue(colour: (hue: Hue) => string): Record<Hue, string> {
  return { toward: colour('toward'), against: colour('against'), amount: colour('amount') };
}
