import { palettes, type Hue, type Palette } from './palette.js';

/** auto: what the reader's system asks for. */
export const themes = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** Class of the element around a figure. */
export const FIGURE_CLASS = 'vf';

/** Classes of the colours, alike for SVG (fill, stroke) and HTML (background). */
export const hueLetters: Readonly<Record<Hue, string>> = { toward: 'p', against: 'n', amount: 'a' };

/**
 * The style sheet of every figure, in SVG and in HTML: one text per theme, so that a page can hold it once and name its
 * hash in a Content-Security-Policy.
 */
export function figureStyle(theme: Theme): string {
  if (theme !== 'auto') return SHARED + colours(palettes[theme]);
  return `${SHARED}${colours(palettes.light)}@media (prefers-color-scheme:dark){${colours(palettes.dark)}}`;
}

// Marks are inline elements of HTML: their rules are shadows, which take no room.
const SHARED = [
  `.${FIGURE_CLASS}{font-family:"Helvetica Neue",Helvetica,Arial,"Liberation Sans",system-ui,sans-serif;font-variant-numeric:tabular-nums}`,
  `.${FIGURE_CLASS},.${FIGURE_CLASS} mark{forced-color-adjust:none;print-color-adjust:exact;-webkit-print-color-adjust:exact}`,
  `.${FIGURE_CLASS} mark{background:none;color:inherit;padding:.2em 0;box-decoration-break:clone;-webkit-box-decoration-break:clone}`,
].join('');

function colours(palette: Palette): string {
  const shades = (['toward', 'against'] as const).flatMap((hue) =>
    palette.shades[hue].map((colour, index) => rule(`${hueLetters[hue]}${index + 1}`, `fill:${colour};background-color:${colour}`)),
  );
  const others = (Object.keys(hueLetters) as Hue[]).flatMap((hue) => {
    const letter = hueLetters[hue];
    const [strong, pale, lines] = [palette.strong[hue], palette.pale[hue], palette.hatch[hue]];
    return [
      rule(`${letter}s`, `fill:${strong}`),
      rule(`${letter}r`, `stroke:${strong}`),
      rule(`${letter}0`, `fill:${pale};background:repeating-linear-gradient(135deg,${lines} 0 1px,${pale} 1px 5px)`),
      rule(`${letter}h`, `stroke:${lines}`),
    ];
  });
  return [
    `.${FIGURE_CLASS}{color:${palette.text}}`,
    rule('bg', `fill:${palette.page}`),
    rule('t', `fill:${palette.text}`),
    // Lines of the scale pass behind letters.
    rule('halo', `paint-order:stroke;stroke:${palette.page};stroke-width:4px;stroke-linejoin:round`),
    rule('q', `fill:${palette.quiet};color:${palette.quiet}`),
    rule('l', `stroke:${palette.line}`),
    rule('k', `stroke:${palette.text}`),
    ...shades,
    ...others,
    ...palette.amounts.map((colour, index) => rule(`a${index + 1}`, `fill:${colour}`)),
    ...palette.inks.map((colour, index) => rule(`i${index + 1}`, `fill:${colour}`)),
    ...palette.values.map((colour, step) => rule(`v${step}`, `stroke:${colour}`)),
    rule('above', `box-shadow:inset 0 2px ${palette.strong.toward}`),
    rule('below', `box-shadow:inset 0 -2px ${palette.strong.against}`),
  ].join('');
}

function rule(name: string, declarations: string): string {
  return `.${FIGURE_CLASS} .${name}{${declarations}}`;
}
