import type { Span } from './span.js';
import { trimSpan } from './segment-text.js';

/** A text as its model reads it; arrays have one entry per token. */
export interface TokenView {
  /** UTF-16 spans in the text, empty for tokens that stand for nothing in it. */
  readonly offsets: readonly Span[];
  /** True for tokens that the tokenizer adds, which no player owns. */
  readonly special: readonly boolean[];
  /** Start of the part that did not fit into the model's tokens, null when all of it fitted. */
  readonly cutFrom: number | null;
}

/** What may become a player: its parts of the text, and the caller's name for them. */
export interface PlayerCandidate {
  readonly name: string | null;
  /** At least one, in reading order; no two candidates overlap. */
  readonly spans: readonly Span[];
}

/** A player of a text game. */
export interface TextPlayer extends PlayerCandidate {
  /** Indices of its tokens, rising; empty where the tokenizer dropped its characters. */
  readonly tokens: readonly number[];
}

export interface TextPlayers {
  readonly players: readonly TextPlayer[];
  /** Those of the players that were several candidates, joined by a token that reaches into each of them. */
  readonly merged: readonly TextPlayer[];
  /** The part of the text that the model does not see, null when it sees all. */
  readonly unexplained: Span | null;
}

/**
 * Gives each token to the candidate whose span it reaches into. A token that reaches into several joins them into one
 * player, because they cannot be absent one at a time. Candidates beyond the model's tokens are no players; of a candidate
 * that is cut through, the part seen is one.
 *
 * @param candidates in the order in which players are to be listed
 */
export function assignTokens(text: string, encoding: TokenView, candidates: readonly PlayerCandidate[]): TextPlayers {
  const limit = encoding.cutFrom ?? text.length;
  const seen = cutCandidates(candidates, limit);
  const owners = findOwners(encoding, seen);
  const leaders = joinCandidates(seen.length, owners);
  const gathered = new Map<number, { members: PlayerCandidate[]; tokens: number[] }>();
  seen.forEach((candidate, index) => {
    const leader = leaders[index] ?? index;
    const player = gathered.get(leader) ?? { members: [], tokens: [] };
    player.members.push(candidate);
    gathered.set(leader, player);
  });
  owners.forEach(([first], token) => {
    if (first !== undefined) gathered.get(leaders[first] ?? first)?.tokens.push(token);
  });
  const casts = [...gathered.values()];
  const players = casts.map(({ members, tokens }) => ({ ...joinMembers(members), tokens }));
  const merged = players.filter((_, index) => (casts[index]?.members.length ?? 0) > 1);
  return { players, merged, unexplained: findUnexplained(text, limit) };
}

/**
 * As `assignTokens`, for maskers that change the text itself: a token that reaches into several candidates is listed with
 * each of them and joins nothing.
 */
export function shareTokens(text: string, encoding: TokenView, candidates: readonly PlayerCandidate[]): TextPlayers {
  const limit = encoding.cutFrom ?? text.length;
  const players = cutCandidates(candidates, limit).map((candidate) => ({ ...candidate, tokens: new Array<number>() }));
  findOwners(encoding, players).forEach((owners, token) => {
    for (const owner of owners) players[owner]?.tokens.push(token);
  });
  return { players, merged: [], unexplained: findUnexplained(text, limit) };
}

/** One player per token that is not special. */
export function playTokens(text: string, encoding: TokenView): TextPlayers {
  const players = encoding.offsets.flatMap((span, token): TextPlayer[] =>
    encoding.special[token] === true ? [] : [{ name: null, spans: [span], tokens: [token] }],
  );
  return { players, merged: [], unexplained: findUnexplained(text, encoding.cutFrom ?? text.length) };
}

function findUnexplained(text: string, limit: number): Span | null {
  return limit < text.length ? trimSpan(text, [limit, text.length]) : null;
}

function cutCandidates(candidates: readonly PlayerCandidate[], limit: number): readonly PlayerCandidate[] {
  return candidates
    .map(({ name, spans }) => ({
      name,
      spans: spans.filter(([start]) => start < limit).map(([start, end]): Span => [start, Math.min(end, limit)]),
    }))
    .filter(({ spans }) => spans.length > 0);
}

/** For each token the candidates it reaches into. */
function findOwners({ offsets, special }: TokenView, candidates: readonly PlayerCandidate[]): readonly (readonly number[])[] {
  const parts = candidates.flatMap(({ spans }, candidate) => spans.map(([start, end]) => ({ start, end, candidate })));
  parts.sort((a, b) => a.start - b.start);
  return offsets.map(([start, end], token) => {
    const owners: number[] = [];
    if (special[token] === true || start >= end) return owners;
    for (let at = firstEndingAfter(parts, start); ; at++) {
      const part = parts[at];
      if (part === undefined || part.start >= end) return owners;
      if (!owners.includes(part.candidate)) owners.push(part.candidate);
    }
  });
}

/** Binary search: the parts do not overlap, so their ends rise as their starts do. */
function firstEndingAfter(parts: readonly { readonly end: number }[], position: number): number {
  let low = 0;
  let high = parts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((parts[middle]?.end ?? Infinity) > position) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** For each candidate the lowest of those it is joined with, itself included. */
function joinCandidates(count: number, owners: readonly (readonly number[])[]): readonly number[] {
  const leaders = Array.from({ length: count }, (_, index) => index);
  const find = (index: number): number => {
    let leader = index;
    while (leaders[leader] !== leader) leader = leaders[leader] ?? leader;
    return leader;
  };
  for (const [first, ...others] of owners) {
    for (const other of others) {
      const [a, b] = [find(first ?? other), find(other)];
      leaders[Math.max(a, b)] = Math.min(a, b);
    }
  }
  return leaders.map((_, index) => find(index));
}

function joinMembers(members: readonly PlayerCandidate[]): PlayerCandidate {
  const [only] = members;
  if (only !== undefined && members.length === 1) return only;
  const spans = members.flatMap((member) => member.spans).toSorted((a, b) => a[0] - b[0]);
  const names = members.map((member) => member.name).filter((name) => name !== null);
  return { name: names.length === 0 ? null : names.join(' + '), spans };
}
