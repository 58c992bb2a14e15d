import type { Principal } from '#access';
import { ProblemError } from '#platform';
import { BurstyRateLimiter, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

const BURST_SECONDS = 10;

export interface RateLimits {
  /** Requests a second of one key; 0 for no limit. */
  readonly perSecond: number;
  /** Requests beyond that in any ten seconds. */
  readonly burst: number;
  /** Requests a second of everyone on loopback without a key together; 0 for no limit. */
  readonly localPerSecond: number;
}

/** Counts the requests of each key in this process. */
export class RateLimiter {
  private readonly keys: Allowance | null;
  private readonly local: Allowance | null;

  constructor({ perSecond, burst, localPerSecond }: RateLimits) {
    this.keys = perSecond === 0 ? null : new Allowance('key', perSecond, burst);
    this.local = localPerSecond === 0 ? null : new Allowance('local', localPerSecond, 0);
  }

  /**
   * Takes one request off what the principal may send now.
   *
   * @returns the headers that tell what is left; none where nothing is counted
   * @throws ProblemError RATE_LIMITED, with the same headers and Retry-After
   */
  async take(principal: Principal): Promise<Readonly<Record<string, string>>> {
    const allowance = principal.authMethod === 'loopback' ? this.local : this.keys;
    return (await allowance?.take(principal.keyId ?? principal.authMethod)) ?? {};
  }
}

/** So many requests a second, and a burst beyond them. */
class Allowance {
  private readonly limiter: RateLimiterMemory | BurstyRateLimiter;
  private readonly policy: string;

  constructor(
    private readonly name: string,
    private readonly perSecond: number,
    private readonly burst: number,
  ) {
    const steady = new RateLimiterMemory({ keyPrefix: name, points: perSecond, duration: 1 });
    const beyond = new RateLimiterMemory({ keyPrefix: `${name} burst`, points: burst, duration: BURST_SECONDS });
    this.limiter = burst === 0 ? steady : new BurstyRateLimiter(steady, beyond);
    this.policy = `"${name}";q=${perSecond};w=1${burst === 0 ? '' : `, "burst";q=${burst};w=${BURST_SECONDS}`}`;
  }

  async take(key: string): Promise<Record<string, string>> {
    try {
      return this.describe(await this.limiter.consume(key));
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const beyond = this.burst === 0 ? '' : ` and ${this.burst} more in ${BURST_SECONDS} s`;
      throw new ProblemError(
        'RATE_LIMITED',
        { detail: `more than ${this.perSecond} requests in a second${beyond}` },
        { ...this.describe(error), 'Retry-After': String(secondsOf(error)) },
      );
    }
  }

  // draft-ietf-httpapi-ratelimit-headers-10: what is left of the named policy, and in how many seconds it is whole again.
  private describe(result: RateLimiterRes): Record<string, string> {
    return { 'RateLimit-Policy': this.policy, RateLimit: `"${this.name}";r=${result.remainingPoints};t=${secondsOf(result)}` };
  }
}

function secondsOf({ msBeforeNext }: RateLimiterRes): number {
  return Math.max(1, Math.ceil(msBeforeNext / 1000));
}
