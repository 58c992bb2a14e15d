/** Jobs of one worker family that have not ended. */
export interface FamilyBacklog {
  readonly family: string;
  readonly queued: number;
  readonly running: number;
  readonly cancelling: number;
  /** Of the running and cancelling ones, those under a lease that has not run out: somebody works. */
  readonly held: number;
  /** Age of the oldest queued job in seconds, 0 when none is queued. */
  readonly oldestSeconds: number;
}

export interface Backlog {
  /** Only families that have such jobs. */
  readonly families: readonly FamilyBacklog[];
  readonly unsent: number;
  /** Age in seconds of the oldest unsent row of the outbox, 0 when there is none. */
  readonly lagSeconds: number;
}

/** What lies before the workers, of all tenants together. Implemented by persistence. */
export abstract class BacklogStore {
  /** @throws StoreUnavailable */
  abstract read(): Promise<Backlog>;
}
