import { availableParallelism } from 'node:os';
import { startTestDatabase } from '#testing';
import { hasRedis, OwnRedis } from '../test/support/own-servers.js';
import { Platform, type Json } from '../test/support/platform.js';
import type { Bench, Ratio } from './bench.js';
import { startFloor } from './floor/start-floor.js';
import { post, postMany, type Posted } from './overhead/post.js';
import { percentileOf } from './percentile-of.js';

const ROUNDS = 5;
const PER_ROUND = 30;
const WIDTH = 16;
const WARM_UP = 1000;
/** Small explanations before the first that counts: a service that has been up for a while, not one that compiles its code. */
const SMALL_WARM_UP = 300;
/** Its ninety-fifth percentile is told by the thirty slowest, not by the eight that one hiccup of the machine can make. */
const SMALL_JOBS = 600;

const applicant = {
  checking_status: 'below 0 DM',
  duration_months: 20,
  credit_history: 'critical account or other credits elsewhere',
  purpose: 'new car',
  credit_amount: 2235,
  savings: 'below 100 DM',
  employment_since: '1 to 4 years',
  installment_rate: 4,
  personal_status_sex: 'male married or widowed',
  property: 'building society savings or life insurance',
  age: 33,
  existing_credits: 2,
};
const model = { name: 'german-credit-logistic' };
const noOpJob = { method: 'no-op', model, input: { features: applicant } };
const smallJob = { method: 'kernel-shap', model, input: { features: applicant }, params: { budget: 200 } };
const wait = { prefer: 'wait=30' };

export const overheadBench: Bench = {
  name: 'overhead',
  about:
    'what a job costs besides its explanation: a small one, one that does nothing against a floor program, and the 202 with Redis stopped',
  async run(tell) {
    const children = availableParallelism();
    const platform = await Platform.start({
      shape: 'embedded',
      entry: () => 'bench/overhead/no-op-standalone.js',
      environment: { VITRINE_CHILDREN: String(children), VITRINE_LOG_LEVEL: 'warn' },
    });
    const ratios: Ratio[] = [];
    try {
      ratios.push(await measureSmallJob(platform, tell));
      const floor = await startFloor('floor', children);
      const guaranteed = await startFloor('guaranteed-floor', children);
      try {
        ratios.push(...(await measureAgainstFloors(platform, { floor: floor.url, guaranteed: guaranteed.url }, tell)));
      } finally {
        await guaranteed.stop();
        await floor.stop();
      }
    } finally {
      await platform.stop();
    }
    if (hasRedis) ratios.push(await measureWithoutRedis(tell));
    else tell('no redis-server on this machine: the 202 with Redis stopped is not measured');
    return ratios;
  },
};

async function measureSmallJob(platform: Platform, tell: (line: string) => void): Promise<Ratio> {
  const overheads: number[] = [];
  for (let count = 0; count < SMALL_WARM_UP + SMALL_JOBS; count++) {
    const { status, body, milliseconds } = await post(`${platform.url}/v1/jobs`, smallJob, wait);
    if (status !== 201) throw new Error(`the service answered ${status}: ${body}`);
    const { explanationId } = JSON.parse(body) as Json;
    const explanation = (await platform.call('GET', `/v1/explanations/${String(explanationId)}`)).json();
    const { wallMs } = explanation['timing'] as { readonly wallMs: number };
    if (count >= SMALL_WARM_UP) overheads.push(milliseconds - wallMs);
  }
  tell(`small explanation: median overhead ${percentileOf(overheads, 50).toFixed(1)} ms`);
  return {
    label: 'small explanation: POST to stored result less computing, p95, ms',
    value: percentileOf(overheads, 95),
    goal: 25,
    better: 'lower',
  };
}

async function measureAgainstFloors(
  platform: Platform,
  urls: { readonly floor: string; readonly guaranteed: string },
  tell: (line: string) => void,
): Promise<readonly Ratio[]> {
  const side = (send: () => Promise<Posted>) => ({ send, latencies: [] as number[], rates: [] as number[] });
  const sides = {
    service: side(() => post(`${platform.url}/v1/jobs`, noOpJob, wait)),
    floor: side(() => post(urls.floor, noOpJob)),
    guaranteed: side(() => post(urls.guaranteed, noOpJob)),
  };
  const send = async (name: keyof typeof sides) => {
    const { status, body, milliseconds } = await sides[name].send();
    if (status !== 201) throw new Error(`the ${name} answered ${status}: ${body}`);
    return milliseconds;
  };
  const names = ['service', 'floor', 'guaranteed'] as const;
  // A service that is asked all day is warm: its code is compiled and its statements are planned.
  for (const name of names) await postMany(WARM_UP, WIDTH, () => send(name));
  for (let round = 0; round < ROUNDS; round++)
    for (const name of names) for (let count = 0; count < PER_ROUND; count++) sides[name].latencies.push(await send(name));
  for (let round = 0; round < ROUNDS; round++)
    for (const name of names) sides[name].rates.push(200 / ((await postMany(200, WIDTH, () => send(name))) / 1000));
  const latency = (name: keyof typeof sides) => percentileOf(sides[name].latencies, 50);
  const rate = (name: keyof typeof sides) => percentileOf(sides[name].rates, 50);
  for (const name of names) tell(`${name}: median ${latency(name).toFixed(2)} ms, ${rate(name).toFixed(0)} jobs/s with ${WIDTH} at once`);
  tell(
    `the floor program with the guarantees ÷ floor program: ${(latency('guaranteed') / latency('floor')).toFixed(2)} in latency, ${(rate('guaranteed') / rate('floor')).toFixed(2)} in throughput`,
  );
  return [
    { label: 'no-op over REST ÷ floor program: median latency', value: latency('service') / latency('floor'), goal: 1.5, better: 'lower' },
    { label: 'no-op over REST ÷ floor program: throughput', value: rate('service') / rate('floor'), goal: 0.7, better: 'higher' },
  ];
}

async function measureWithoutRedis(tell: (line: string) => void): Promise<Ratio> {
  const redis = await OwnRedis.start();
  const database = await startTestDatabase();
  const platform = await Platform.start({
    shape: 'distributed',
    servers: { databaseUrl: database.connectionString, redisUrl: redis.url },
    environment: { VITRINE_LOG_LEVEL: 'error' },
  });
  try {
    await redis.kill();
    const times: number[] = [];
    for (let count = 0; count < SMALL_WARM_UP + 300; count++) {
      const { status, body, milliseconds } = await post(`${platform.url}/v1/jobs`, smallJob);
      if (status !== 202) throw new Error(`the service answered ${status}: ${body}`);
      if (count >= SMALL_WARM_UP) times.push(milliseconds);
    }
    tell(`202 with Redis stopped: median ${percentileOf(times, 50).toFixed(1)} ms`);
    return { label: '202 with Redis stopped, p99, ms', value: percentileOf(times, 99), goal: 20, better: 'lower' };
  } finally {
    await platform.end('SIGKILL');
    await platform.stop();
    await database.stop();
    await redis.stop();
  }
}
