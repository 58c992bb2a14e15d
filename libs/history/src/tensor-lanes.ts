/** Too many large tensors are waited for: none that was asked for now would be read within a minute. */
export class TensorsBusy extends Error {
  override readonly name = 'TensorsBusy';

  constructor() {
    super('too many large tensors are being read');
  }
}

export interface LaneLimits {
  /** Bytes of numbers up to which a tensor is small. */
  readonly smallBytes: number;
  readonly smallAtOnce: number;
  readonly largeAtOnce: number;
  /** Large ones that may wait for their turn. */
  readonly largeWaiting: number;
}

/** A large one takes some three seconds and three times its bytes of memory; a small one a few milliseconds. */
export const laneLimits: LaneLimits = { smallBytes: 2 ** 22, smallAtOnce: 4, largeAtOnce: 1, largeWaiting: 12 };

/** Turns of reading tensors: small ones have a lane of their own, so that they never wait for a large one. */
export class TensorLanes {
  private readonly small: Lane;
  private readonly large: Lane;

  constructor(private readonly limits: LaneLimits = laneLimits) {
    this.small = new Lane(limits.smallAtOnce, Infinity);
    this.large = new Lane(limits.largeAtOnce, limits.largeWaiting);
  }

  /**
   * Does work once it is its turn; first come, first served within a lane.
   *
   * @param size bytes of the numbers that are read
   * @throws TensorsBusy where too many wait already
   */
  run<T>(size: number, work: () => Promise<T>): Promise<T> {
    return (size <= this.limits.smallBytes ? this.small : this.large).run(work);
  }
}

class Lane {
  private readonly waiting: (() => void)[] = [];

  constructor(
    private free: number,
    private readonly most: number,
  ) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else if (this.waiting.length >= this.most) throw new TensorsBusy();
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    }
  }
}
