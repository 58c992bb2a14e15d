import type { RawCell } from '../formats/row-source.js';

const MOST = 12;

/** Some of the known names, in quotes: all while they are few. */
export function nameChoices(given: string, known: readonly string[]): string {
  if (known.length <= MOST) return known.map(quoteValue).join(', ');
  const wanted = given.toLowerCase();
  const near = known.filter((name) => name.toLowerCase().includes(wanted) && wanted !== '');
  return `${[...near, ...known].slice(0, MOST).map(quoteValue).join(', ')} and others (${known.length} in all)`;
}

/** A value as it was sent, short enough for a sentence. */
export function quoteValue(value: RawCell): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  if (typeof value !== 'string') return String(value);
  const characters = Array.from(value.slice(0, 256));
  return JSON.stringify(characters.length > 64 ? `${characters.slice(0, 64).join('')}…` : value);
}
