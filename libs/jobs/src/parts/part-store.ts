import type { Claim, NewPayload } from '../store/job-store.js';

/** A part to be queued. */
export interface NewPart {
  readonly id: string;
  /** Evaluations at most, for the progress of the whole. */
  readonly evaluations: number;
}

/** What a part took, beside what it found. */
export interface PartCosts {
  readonly modelRows: number;
  readonly modelMs: number;
  readonly cpuMs: number;
  readonly peakRssBytes: number;
}

/** A part that is done. */
export interface FinishedPart {
  readonly payloadId: string;
  readonly costs: PartCosts;
  /** Runs it took. */
  readonly attempts: number;
}

/**
 * Fan-out and fan-in of a job. A part is a row of the job table of its own: it is claimed, kept alive, released and ended by
 * the same calls of the JobStore, which see to it that the parent follows. Implemented by persistence.
 */
export abstract class PartStore {
  /**
   * One transaction: the parts queued in their order, the parent RUNNING without a lease. False when the claim no longer
   * holds a running job.
   */
  abstract fanOut(claim: Claim, parts: readonly NewPart[]): Promise<boolean>;
  /**
   * One transaction: the payload, the part's end, the parent's progress; the last part queues the parent for the fan-in.
   * False when the epoch is no longer ours or the parent has ended: nothing is written.
   */
  abstract commitPart(claim: Claim, payload: NewPayload, evaluations: number, costs: PartCosts): Promise<boolean>;
  /** The parts of a claimed parent, in their order; all of them are done. */
  abstract listFinished(claim: Claim): Promise<readonly FinishedPart[]>;
}
