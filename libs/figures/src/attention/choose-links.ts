import { compensatedSum } from '#numeric';
import { weightAt, type AttentionSlice } from './attention-slice.js';

export interface Link {
  readonly query: number;
  readonly key: number;
  readonly weight: number;
}

export interface ChosenLinks {
  /** Weakest first, so that the strongest is drawn over the others. */
  readonly links: readonly Link[];
  /** Weights below it are left out. */
  readonly least: number;
  /** For each query; null where it leaves nothing out. */
  readonly most: number | null;
  /** Weights above 0 that are not drawn, and their share of all weight, 0 … 1. */
  readonly omitted: { readonly count: number; readonly share: number };
}

const LEAST = 0.05;
/** Links that a picture holds before it is a tangle. */
const READABLE = 200;
const ALWAYS = 3;

/**
 * The links worth drawing: the strongest of each query, without those below 0.05 or, among many keys, below twice what each
 * would have if all had the same.
 */
export function chooseLinks(slice: AttentionSlice): ChosenLinks {
  const least = Number(Math.min(LEAST, 2 / slice.keys.length).toPrecision(2));
  const most = Math.max(Math.floor(READABLE / slice.queries.length), ALWAYS);
  const all = slice.queries.map((_query, query) => linksOf(slice, query));
  const strong = all.map((links) => links.filter((link) => link.weight >= least));
  const parts = all.map((links, query) => {
    const kept = strong[query]?.slice(0, most) ?? [];
    return { kept, left: links.slice(kept.length) };
  });
  const left = parts.flatMap((part) => part.left);
  const total = sum(all.flat());
  return {
    least,
    most: strong.some((links) => links.length > most) ? most : null,
    links: parts.flatMap((part) => part.kept).sort((a, b) => a.weight - b.weight),
    omitted: { count: left.length, share: total === 0 ? 0 : sum(left) / total },
  };
}

/** Of one query, strongest first; a weight of 0 is no link. */
function linksOf(slice: AttentionSlice, query: number): readonly Link[] {
  return slice.keys
    .map((_key, key): Link => ({ query, key, weight: weightAt(slice, query, key) }))
    .filter((link) => link.weight > 0)
    .sort((a, b) => b.weight - a.weight);
}

function sum(links: readonly Link[]): number {
  return compensatedSum(links.map((link) => link.weight));
}
