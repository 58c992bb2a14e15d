import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { localPrincipal, rootPrincipal, type Principal } from '#access';
import { ProblemError } from '#platform';
import { startTestGateway, type TestGateway } from '../../test/start-test-gateway.js';
import { RateLimiter } from './rate-limiter.js';

const keyOf = (keyId: string): Principal => ({ ...rootPrincipal, authMethod: 'api-key', actor: 'ci', keyId });

/** How many of so many requests are let through. */
async function countTaken(limiter: RateLimiter, principal: Principal, requests: number): Promise<number> {
  const results = await Promise.allSettled(Array.from({ length: requests }, () => limiter.take(principal)));
  return results.filter((one) => one.status === 'fulfilled').length;
}

describe('RateLimiter', () => {
  // A second is over when the test says so, however slow the machine.
  beforeEach(() => {
    jest.useFakeTimers({ now: Date.UTC(2026, 5, 1), doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('lets a key send its rate and its burst at once, and no more', async () => {
    const limiter = new RateLimiter({ perSecond: 50, burst: 200, localPerSecond: 5000 });
    expect(await countTaken(limiter, keyOf('a'), 1000)).toBe(250);
    expect(await countTaken(limiter, keyOf('b'), 10)).toBe(10);
    expect(await countTaken(limiter, rootPrincipal, 1000)).toBe(250);
  });

  it('is generous to loopback, and counts it apart', async () => {
    const limiter = new RateLimiter({ perSecond: 1, burst: 0, localPerSecond: 5000 });
    expect(await countTaken(limiter, localPrincipal, 5001)).toBe(5000);
    expect(await countTaken(limiter, keyOf('a'), 3)).toBe(1);
  });

  it('counts nothing where the limit is 0', async () => {
    const limiter = new RateLimiter({ perSecond: 0, burst: 0, localPerSecond: 0 });
    expect(await countTaken(limiter, keyOf('a'), 1000)).toBe(1000);
    expect(await countTaken(limiter, localPrincipal, 1000)).toBe(1000);
    expect(await limiter.take(localPrincipal)).toEqual({});
  });

  it('tells what is left, and when to come again', async () => {
    const limiter = new RateLimiter({ perSecond: 2, burst: 1, localPerSecond: 0 });
    expect(await limiter.take(keyOf('a'))).toEqual({ 'RateLimit-Policy': '"key";q=2;w=1, "burst";q=1;w=10', RateLimit: '"key";r=1;t=1' });
    await countTaken(limiter, keyOf('a'), 2);
    const refused = await limiter.take(keyOf('a')).catch((error: unknown) => error);
    if (!(refused instanceof ProblemError)) throw new Error('not refused');
    expect(refused.problem).toMatchObject({ status: 429, code: 'RATE_LIMITED', retryable: true });
    expect(refused.headers).toMatchObject({ RateLimit: '"key";r=0;t=1', 'Retry-After': '1' });
  });

  it('gives the rate anew each second, and the burst anew when ten seconds are over', async () => {
    const limiter = new RateLimiter({ perSecond: 5, burst: 20, localPerSecond: 0 });
    const taken: number[] = [];
    for (let second = 0; second <= 10; second++) {
      taken.push(await countTaken(limiter, keyOf('a'), 100));
      jest.advanceTimersByTime(1000);
    }
    expect(taken).toEqual([25, 5, 5, 5, 5, 5, 5, 5, 5, 5, 25]);
  });

  it('keeps to the time it tells: a second that has not passed gives nothing', async () => {
    const limiter = new RateLimiter({ perSecond: 5, burst: 0, localPerSecond: 0 });
    expect(await countTaken(limiter, keyOf('a'), 6)).toBe(5);
    jest.advanceTimersByTime(999);
    expect(await countTaken(limiter, keyOf('a'), 1)).toBe(0);
    jest.advanceTimersByTime(1);
    expect(await countTaken(limiter, keyOf('a'), 6)).toBe(5);
  });
});

describe('a key that floods', () => {
  const root = { authorization: 'Bearer a-root-key-of-sixteen-or-more' };
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({
      environment: { VITRINE_ADMIN_KEY: 'a-root-key-of-sixteen-or-more', VITRINE_RATE_LIMIT: '1', VITRINE_RATE_BURST: '1' },
    });
  });
  afterAll(() => gateway.app.close());

  it('is told to wait, on every route it asks, while another key and the probes are answered', async () => {
    const made = await gateway.call<{ secret: string }>({ url: '/v1/api-keys', headers: root, body: { name: 'flood', scopes: ['read'] } });
    const flood = { authorization: `Bearer ${made.body.secret}` };
    const urls = ['/v1/jobs', '/v1/models', '/nowhere', '/v1/api-keys'];
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_one, index) => gateway.call({ url: urls[index % 4] ?? '', headers: flood })),
    );
    const refused = answers.filter((answer) => answer.status === 429);
    expect(refused.length).toBeGreaterThan(0);
    for (const { headers } of refused)
      expect([Number(headers['retry-after']) > 0, headers['ratelimit']]).toEqual([true, expect.stringMatching(/^"key";r=0;t=\d+$/)]);
    expect((await gateway.call({ url: '/v1/jobs', headers: root })).headers['ratelimit']).toBeDefined();
    const probe = await gateway.call({ url: '/healthz', headers: flood });
    expect([probe.status, probe.headers['ratelimit']]).toEqual([200, undefined]);
  });
});
