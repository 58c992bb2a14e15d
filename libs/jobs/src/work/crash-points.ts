/** Places between two durable steps, where a process may die with one done and the other not. */
export const crashPoints = [
  /** An entry came from the queue; nothing is claimed. */
  'received',
  /** The claim is committed; no child knows of it. */
  'claimed',
  /** The child has reported progress. */
  'perturbing',
  /** The result is in memory alone. */
  'computed',
  /** The result is committed; the entry is not acknowledged. */
  'committed',
  /** The job is committed; its client has no answer. */
  'accepted',
  /** The relay has read rows of the outbox and published none. */
  'taken',
  /** The relay has published rows that are not marked as sent. */
  'published',
] as const;
export type CrashPoint = (typeof crashPoints)[number];

/** Told whenever work passes a crash point. Products pass them all; fault tests end the process at one. */
export type PassPoint = (point: CrashPoint) => void;

export const passAll: PassPoint = () => undefined;
