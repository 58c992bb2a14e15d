import { setMaxListeners } from 'node:events';

/** A pause that a call ends early. A call between two pauses ends the next one at once. */
export class WakeUp {
  private called = false;
  private wake: () => void = () => undefined;
  private readonly onAbort = () => this.call();

  private readonly signals: readonly AbortSignal[];

  /** @param signals when one of them is aborted, no pause lasts any more. They may outlive this: `close` leaves nothing on them. */
  constructor(...signals: readonly AbortSignal[]) {
    this.signals = signals;
    setMaxListeners(0, ...signals); // however many wait at once: each takes its listener off
    for (const signal of signals) signal.addEventListener('abort', this.onAbort);
  }

  get aborted(): boolean {
    return this.signals.some((signal) => signal.aborted);
  }

  call(): void {
    this.called = true;
    this.wake();
  }

  async within(milliseconds: number): Promise<void> {
    if (!this.called && !this.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.called = false;
  }

  close(): void {
    for (const signal of this.signals) signal.removeEventListener('abort', this.onAbort);
  }
}
