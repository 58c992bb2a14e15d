/** What is known of a head without its tensor. */
export interface HeadFacts {
  readonly layer: number;
  readonly head: number;
  /** Nats, mean over the tokens that look. */
  readonly entropy: number;
  /** Shares of the attention; null where there is no such token. */
  readonly first: number | null;
  readonly previous: number | null;
  readonly self: number | null;
  readonly separator: number | null;
}

/** What the rule picks, for a caption. */
export const TELLING = 'the head that looks most narrowly at tokens further off';

/**
 * The head that is shown where none was asked for: the one with the largest share of attention that goes neither to the first token nor to
 * separators, nor to the token that looks or the one before it, times how far its entropy lies below that of attention spread over all
 * tokens. Of equal ones the first.
 *
 * @param keys tokens that can be looked at
 * @returns null where there is no head
 */
export function chooseTellingHead(heads: readonly HeadFacts[], keys: number): HeadFacts | null {
  const widest = Math.log(Math.max(2, keys));
  const tell = ({ entropy, first, previous, self, separator }: HeadFacts) =>
    Math.max(0, 1 - (first ?? 0) - (previous ?? 0) - (self ?? 0) - (separator ?? 0)) * Math.max(0, 1 - entropy / widest);
  return heads.reduce<HeadFacts | null>((best, head) => (best === null || tell(head) > tell(best) ? head : best), null);
}
