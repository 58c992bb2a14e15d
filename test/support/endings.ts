/** How to end what a test has started, last things first: also where not all of it could be started. */
export class Endings {
  private readonly ends: (() => Promise<unknown>)[] = [];

  /** Waits for what is being started. From this call on it is ended with the rest, whatever else fails meanwhile. */
  keep<T>(starting: Promise<T>, end: (started: T) => Promise<unknown>): Promise<T> {
    this.ends.push(async () => {
      const [outcome] = await Promise.allSettled([starting]);
      if (outcome.status === 'fulfilled') await end(outcome.value);
    });
    return starting;
  }

  /** Ends everything, one after the other. @throws AggregateError of what could not be ended, after all else was */
  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (const end of this.ends.splice(0).reverse()) await end().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, 'not everything could be ended');
  }
}
