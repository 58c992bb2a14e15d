import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '#platform';
import type { Answers, Order } from './messages.js';
import { RunFailure } from './run-failure.js';
import type { RunOptions } from './runner.js';

export interface RunEvents {
  onDone(value: Answers[Order['kind']]): void;
  onFailed(failure: RunFailure): void;
  /** `stopped` was set: the run must end before it is done. Called at most once. */
  onStop(run: PendingRun): void;
}

/** setTimeout counts in 32 bits; a later deadline is looked at again. */
const longestTimerMs = 2 ** 31 - 1;

/** An order from its submission to its end. Call `watch` once. */
export class PendingRun {
  stopped: RunFailure | null = null;
  peakRssBytes = 0;
  /** Runs a function in the context of whoever submitted the order, so that the log names the right job. */
  readonly within = AsyncLocalStorage.snapshot();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    readonly order: Order,
    readonly options: RunOptions,
    private readonly clock: Clock,
    private readonly events: RunEvents,
  ) {}

  /** From now on an abort and the deadline stop the run; they may do so at once. */
  watch(): void {
    this.options.signal.addEventListener('abort', this.cancel, { once: true });
    if (this.options.signal.aborted) this.cancel();
    else this.watchDeadline();
  }

  /** Ends the run early; the first reason counts. */
  stop(failure: RunFailure): void {
    if (this.stopped !== null) return;
    this.stopped = failure;
    this.events.onStop(this);
  }

  resolve(value: Answers[Order['kind']]): void {
    this.release();
    this.events.onDone(value);
  }

  reject(failure: RunFailure): void {
    this.release();
    this.events.onFailed(failure);
  }

  private readonly cancel = (): void => {
    this.stop(new RunFailure({ code: 'CANCELLED', detail: 'the run was cancelled' }));
  };

  private watchDeadline(): void {
    const { deadline } = this.options;
    if (deadline === null) return;
    const leftMs = deadline.getTime() - this.clock.now().getTime();
    if (leftMs <= 0) this.stop(new RunFailure({ code: 'DEADLINE_EXCEEDED', detail: `stopped at the deadline, ${deadline.toISOString()}` }));
    else this.timer = setTimeout(() => this.watchDeadline(), Math.min(leftMs, longestTimerMs));
  }

  private release(): void {
    clearTimeout(this.timer);
    this.options.signal.removeEventListener('abort', this.cancel);
  }
}
