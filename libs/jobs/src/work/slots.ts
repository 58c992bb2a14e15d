/** Places to work in: as many jobs are claimed at once as there are child processes to run them. First come, first served. */
export class Slots {
  private readonly waiting: (() => void)[] = [];
  private free: number;

  constructor(count: number) {
    if (!Number.isInteger(count) || count < 1) throw new RangeError(`slots must be a positive integer, not ${count}`);
    this.free = count;
  }

  /** Resolves with the way to give the slot back; giving it back twice has no effect. */
  async acquire(): Promise<() => void> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    let given = false;
    return () => {
      if (given) return;
      given = true;
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    };
  }
}
