import { columnFormat } from '../text/format-number.js';
import { measureText } from '../text/measure-text.js';
import { weightAt, type AttentionSlice } from './attention-slice.js';
import { cutToken } from './show-token.js';

const SIZE = 12;
const LONGEST = measureText('m', SIZE) * 40;
const NAMED = 5;

/** Gives one weight in words, with the places of both tokens counted from 1: a token can occur again. */
export type WeightTeller = (query: number, key: number) => string;

/** Every token is cut once, not once a cell. */
export function tellWeights(slice: AttentionSlice): WeightTeller {
  const [queries, keys] = [slice.queries, slice.keys].map((tokens) => tokens.map(nameToken));
  const looks = (name: string) => (slice.isChosen === true ? `choosing ${name} it looks` : `${name} looks`);
  return (query, key) => `${looks(queries?.[query] ?? '')} at ${keys?.[key] ?? ''}: ${writeWeight(weightAt(slice, query, key))}`;
}

/** The strongest weights in words, strongest first. */
export function tellStrongest(slice: AttentionSlice): string {
  const columns = slice.keys.length;
  const tell = tellWeights(slice);
  const told = findStrongest(slice.values, NAMED).map((index) => tell(Math.floor(index / columns), index % columns));
  return told.length === 0 ? 'Every weight is 0.' : `Strongest: ${told.join('; ')}.`;
}

/** Four digits, or a plain 0. */
function writeWeight(weight: number): string {
  return weight === 0 ? '0' : columnFormat(weight * 0.1, '-')(weight);
}

function nameToken(token: string, index: number): string {
  return `“${cutToken(token, LONGEST, SIZE)}” (${index + 1})`;
}

/** Indices of the largest values above 0, the first of equal ones first. */
function findStrongest(values: ArrayLike<number>, most: number): readonly number[] {
  const found: number[] = [];
  const at = (index: number | undefined) => values[index ?? -1] ?? 0;
  for (let index = 0; index < values.length; index++) {
    if (at(index) <= at(found[most - 1])) continue;
    found.push(index);
    found.sort((a, b) => at(b) - at(a));
    found.length = Math.min(found.length, most);
  }
  return found;
}
