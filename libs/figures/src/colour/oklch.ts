/** Gamma-encoded sRGB, each channel 0 … 1. */
export type Rgb = readonly [red: number, green: number, blue: number];

/**
 * An OKLCH colour in sRGB. A colour outside sRGB loses chroma until it fits; lightness and hue stay.
 *
 * @param lightness 0 … 1
 * @param chroma 0 … about 0.37
 * @param hue degrees
 *
 * Source: B. Ottosson, "A perceptual color space for image processing" (2020); CSS Color 4, section 13.2, for the gamut.
 */
export function oklchToRgb(lightness: number, chroma: number, hue: number): Rgb {
  const whole = toLinear(lightness, chroma, hue);
  if (fits(whole)) return encode(whole);
  let inside = 0;
  let outside = chroma;
  while (outside - inside > 1e-4) {
    const middle = (inside + outside) / 2;
    if (fits(toLinear(lightness, middle, hue))) inside = middle;
    else outside = middle;
  }
  return encode(toLinear(lightness, inside, hue));
}

/** `#rrggbb`. */
export function toHex(rgb: Rgb): string {
  return `#${rgb
    .map((channel) =>
      Math.round(channel * 255)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

function toLinear(lightness: number, chroma: number, hue: number): Rgb {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

function fits(rgb: Rgb): boolean {
  return rgb.every((channel) => channel >= -1e-6 && channel <= 1 + 1e-6);
}

function encode(rgb: Rgb): Rgb {
  const [red, green, blue] = rgb.map((channel) => {
    const linear = Math.min(Math.max(channel, 0), 1);
    return linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  });
  return [red ?? 0, green ?? 0, blue ?? 0];
}
