import type { FigureFeature } from './attribution-slice.js';

const longest = 200;

/** A name for each feature; a piece of text that occurs again gets its number, so that every name is told apart. */
export function nameFeatures(features: readonly FigureFeature[]): readonly string[] {
  const names = features.map((feature) => cutName(nameFeature(feature)));
  const total = new Map<string, number>();
  for (const name of names) total.set(name, (total.get(name) ?? 0) + 1);
  const seen = new Map<string, number>();
  return names.map((name) => {
    if ((total.get(name) ?? 0) < 2) return name;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return `${name} #${count}`;
  });
}

/** A name is repeated for every line that it stands in. */
function cutName(name: string): string {
  return name.length <= longest ? name : `${name.slice(0, longest)}…`;
}

function nameFeature(feature: FigureFeature): string {
  if ('text' in feature) return showBlanks(feature.text);
  if ('spans' in feature || 'rows' in feature || feature.value === null) return feature.name;
  return `${feature.name} = ${feature.value}`;
}

// A blank begins a word, which is another token than the same letters inside one. A piece of nothing but blanks would be an empty label.
function showBlanks(text: string): string {
  if (text.trim() !== '') return text.replace(/^ (?=\S)/, '▁');
  return text.replace(/\r?\n/g, '⏎').replace(/\s/g, '␣') || '(empty)';
}
