/** What came of a case. */
export interface CaseOutcome {
  readonly ok: boolean;
  /** For a person: the largest error as part of its tolerance, or what went wrong. */
  readonly note: string;
}
