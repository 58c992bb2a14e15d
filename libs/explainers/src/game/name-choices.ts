const longestList = 20;
const closest = 5;
/** The model's own names are there to be copied. */
const longestName = 256;

/**
 * What a person could have meant: all known names while they are few, else those nearest to the one given.
 *
 * @returns names in quotes, joined by commas
 */
export function nameChoices(given: string, known: readonly string[]): string {
  if (known.length <= longestList) return known.map((name) => quoteText(name, longestName)).join(', ');
  const wanted = given.toLowerCase();
  const ranked = known
    .map((name, index) => ({ name, index, distance: editDistance(wanted, name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance || a.index - b.index)
    .slice(0, closest);
  return `${ranked.map(({ name }) => quoteText(name, longestName)).join(', ')} (${known.length} in all)`;
}

/** The first few of many names, in quotes, and how many more there are. */
export function nameFew(names: readonly string[]): string {
  const first = names
    .slice(0, closest)
    .map((name) => quote(name))
    .join(', ');
  return names.length > closest ? `${first} and ${names.length - closest} more` : first;
}

/** A value as it was sent, inside a sentence: quoted, escaped and cut to 64 characters, so that it can neither break nor flood it. */
export function quote(value: unknown): string {
  if (typeof value === 'string') return quoteText(value, 64);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return String(value);
}

function quoteText(text: string, longest: number): string {
  const characters = Array.from(text.slice(0, 2 * longest + 2));
  return JSON.stringify(characters.length > longest ? `${characters.slice(0, longest).join('')}…` : text);
}

/** Levenshtein's distance, of the first 64 units of each name. */
function editDistance(a: string, b: string): number {
  const left = a.slice(0, 64);
  const right = b.slice(0, 64);
  let row = Array.from({ length: right.length + 1 }, (_, j) => j);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
