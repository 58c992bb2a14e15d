import type { ConsumerTiming, FamilyWatchTiming, LeaseTiming, PassPoint, QueueTiming, ReconcilerTiming } from '#jobs';

/** What a composition root puts in place of the usual. The apps put nothing; benchmarks and fault tests do. */
export interface Composition {
  /** Compiled entry of the child processes. */
  readonly childEntry?: string;
  readonly pass?: PassPoint;
  readonly lease?: LeaseTiming;
  readonly reconciler?: ReconcilerTiming;
  readonly consumer?: ConsumerTiming;
  readonly queue?: QueueTiming;
  readonly familyWatch?: FamilyWatchTiming;
}
