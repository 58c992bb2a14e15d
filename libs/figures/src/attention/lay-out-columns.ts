import { FONT_SPREAD, measureText } from '../text/measure-text.js';
import type { AttentionSlice } from './attention-slice.js';
import type { Link } from './choose-links.js';
import { cutToken } from './show-token.js';

const ROOMY = { tokens: 32, row: 22, size: 13 } as const;
const CLOSE = { tokens: 192, row: 15, size: 11 } as const;
const TIGHT = { row: 12, size: 9 } as const;
/** A column that much longer than the other names linked tokens alone, else its links would lead out of sight. */
const LOPSIDED = 4;
const SHORT = 24;
const SHARE = 0.3;
const GAP = 8;

export interface TokenColumn {
  readonly labels: readonly { readonly index: number; readonly text: string; readonly isLinked: boolean }[];
  /** By the index of the token, in pixels from the top of the columns. */
  readonly middles: ReadonlyMap<number, number>;
  readonly size: number;
  /** For the labels and the gap to the links. */
  readonly room: number;
}

export interface TokenColumns {
  readonly left: TokenColumn;
  readonly right: TokenColumn;
  readonly height: number;
  /** What the columns leave out or show otherwise. */
  readonly notes: readonly string[];
}

/**
 * Places the tokens of both columns in their order, the shorter column in the middle of the longer.
 *
 * @param width of both columns and the links between them, in pixels
 */
export function layOutColumns({ queries, keys }: AttentionSlice, links: readonly Link[], width: number): TokenColumns {
  const linked = [new Set(links.map((link) => link.query)), new Set(links.map((link) => link.key))] as const;
  const shown = [listShown(queries, keys.length, linked[0]), listShown(keys, queries.length, linked[1])] as const;
  const longer = Math.max(shown[0].length, shown[1].length);
  const { row, size } = longer <= ROOMY.tokens ? ROOMY : longer <= CLOSE.tokens ? CLOSE : TIGHT;
  const place = (tokens: readonly string[], indices: readonly number[], isLinked: ReadonlySet<number>): TokenColumn => {
    const labels = indices.map((index) => {
      return { index, text: cutToken(tokens[index] ?? '', (width * SHARE) / FONT_SPREAD, size), isLinked: isLinked.has(index) };
    });
    const start = ((longer - indices.length) * row) / 2;
    const widest = labels.reduce((most, { text }) => Math.max(most, measureText(text, size)), 0);
    const middles = new Map(indices.map((index, at) => [index, start + (at + 0.5) * row]));
    return { labels, middles, size, room: widest * FONT_SPREAD + GAP };
  };
  const unlisted = queries.length - shown[0].length + keys.length - shown[1].length;
  const hasGrey = shown.some((indices, side) => indices.some((index) => linked[side]?.has(index) === false));
  return {
    ...{ left: place(queries, shown[0], linked[0]), right: place(keys, shown[1], linked[1]), height: longer * row },
    notes: [
      ...(hasGrey ? ['grey: no link is drawn'] : []),
      ...(unlisted > 0 ? [`not listed: ${unlisted} ${unlisted === 1 ? 'token' : 'tokens'} without a link`] : []),
    ],
  };
}

function listShown(tokens: readonly string[], others: number, linked: ReadonlySet<number>): readonly number[] {
  const isLong = tokens.length > CLOSE.tokens || (tokens.length > SHORT && tokens.length > others * LOPSIDED);
  const indices = tokens.map((_token, index) => index);
  return isLong ? indices.filter((index) => linked.has(index)) : indices;
}
