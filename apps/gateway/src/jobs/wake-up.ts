/** A pause that a call ends early. A call between two pauses ends the next one at once. */
export class WakeUp {
  private called = false;
  private wake: () => void = () => undefined;
  private readonly onAbort = () => this.call();

  /** @param signal when it is aborted, no pause lasts any more */
  constructor(private readonly signal: AbortSignal) {
    signal.addEventListener('abort', this.onAbort);
  }

  get aborted(): boolean {
    return this.signal.aborted;
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
    this.signal.removeEventListener('abort', this.onAbort);
  }
}
