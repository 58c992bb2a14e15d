import type { InputTerms } from '#history';

/** An explanation whose words were never read: it was stored before there was a full text. */
export interface UnreadExplanation {
  readonly tenant: string;
  readonly actor: string;
  readonly explanationId: string;
}

/** What the full text does not find yet. Implemented by persistence. */
export abstract class WordBacklog {
  /** At most `limit`, newest first, of all tenants. */
  abstract take(limit: number): Promise<readonly UnreadExplanation[]>;
  /** Makes it findable by `words`, or not at all when they are null, and takes it off the list; nothing when it is off already. */
  abstract settle(unread: UnreadExplanation, words: InputTerms | null): Promise<void>;
}
