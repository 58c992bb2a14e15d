/** How long explanations keep their payloads. The first rule that matches decides, then the default. */
export interface RetentionPolicy {
  readonly rules: readonly RetentionRule[];
  /** Days; null: for ever. */
  readonly defaultDays: number | null;
}

export interface RetentionRule {
  /** All that is given must match. */
  readonly match: {
    readonly method?: string | undefined;
    readonly model?: string | undefined;
    readonly label?: { readonly key: string; readonly value: string } | undefined;
  };
  /** Days; null: for ever, whatever later rules and the default say. */
  readonly keepDays: number | null;
}

/** Where nobody set a policy: everything is kept. */
export const keepEverything: RetentionPolicy = { rules: [], defaultDays: null };

/** A pass over a tenant's history. */
export interface RetentionRun {
  readonly startedAt: Date;
  /** Null while it goes on. */
  readonly finishedAt: Date | null;
  /** Explanations looked at so far, oldest first. */
  readonly examined: number;
  readonly erased: number;
  /** Plaintext bytes of the payloads destroyed. */
  readonly freedBytes: number;
}
