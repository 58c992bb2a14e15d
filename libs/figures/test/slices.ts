import type { TextSlice } from '../src/attribution-slice.js';

export const attack = '<img src=x onerror="alert(1)"> & \'friends\'';

/** Every word of a text with the number that a function gives it. */
export function sliceText(text: string, attribute: (index: number) => number, error: ((index: number) => number) | null = null): TextSlice {
  const words = [...text.matchAll(/\S+/g)];
  return {
    text,
    features: words.map((match) => ({ text: match[0], span: [match.index, match.index + match[0].length] as const })),
    target: { class: 'positive', space: 'log-odds', score: 1.5, baseScore: -0.25, completenessGap: 0 },
    attributions: words.map((_word, index) => attribute(index)),
    standardErrors: error === null ? null : words.map((_word, index) => error(index)),
    unexplained: [],
  };
}
