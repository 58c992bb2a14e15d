import { availableParallelism } from 'node:os';
import { startTestDatabase } from '#testing';
import { hasRedis, OwnRedis } from '../test/support/own-servers.js';
import { Platform, type Json } from '../test/support/platform.js';
import type { Bench, Ratio } from './bench.js';
import { startFloor } from './floor/start-floor.js';
import { post, postMany } from './overhead/post.js';
import { percentileOf } from './percentile-of.js';

const ROUNDS = 5;
const PER_ROUND = 30;
const WIDTH = 16;

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
      const floor = await startFloor(children);
      try {
        ratios.push(...(await measureAgainstFloor(platform, floor.url, tell)));
      } finally {
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
  for (let count = 0; count < 10 + ROUNDS * PER_ROUND; count++) {
    const { status, body, milliseconds } = await post(`${platform.url}/v1/jobs`, smallJob, wait);
    if (status !== 201) throw new Error(`the service answered ${status}: ${body}`);
    const { explanationId } = JSON.parse(body) as Json;
    const explanation = (await platform.call('GET', `/v1/explanations/${String(explanationId)}`)).json();
    const { wallMs } = explanation['timing'] as { readonly wallMs: number };
    if (count >= 10) overheads.push(milliseconds - wallMs);
  }
  tell(`small explanation: median overhead ${percentileOf(overheads, 50).toFixed(1)} ms`);
  return {
    label: 'small explanation: POST to stored result less computing, p95, ms',
    value: percentileOf(overheads, 95),
    goal: 25,
    better: 'lower',
  };
}

async function measureAgainstFloor(platform: Platform, floorUrl: string, tell: (line: string) => void): Promise<readonly Ratio[]> {
  const sides = {
    service: { send: () => post(`${platform.url}/v1/jobs`, noOpJob, wait), latencies: [] as number[], rates: [] as number[] },
    floor: { send: () => post(floorUrl, noOpJob), latencies: [] as number[], rates: [] as number[] },
  };
  const send = async (side: keyof typeof sides) => {
    const { status, body, milliseconds } = await sides[side].send();
    if (status !== 201) throw new Error(`the ${side} answered ${status}: ${body}`);
    return milliseconds;
  };
  const names = ['service', 'floor'] as const;
  for (const side of names) for (let count = 0; count < PER_ROUND; count++) await send(side);
  for (let round = 0; round < ROUNDS; round++)
    for (const side of names) for (let count = 0; count < PER_ROUND; count++) sides[side].latencies.push(await send(side));
  for (let round = 0; round < ROUNDS; round++)
    for (const side of names) sides[side].rates.push(200 / ((await postMany(200, WIDTH, () => send(side))) / 1000));
  for (const side of names) {
    const { latencies, rates } = sides[side];
    tell(
      `${side}: median ${percentileOf(latencies, 50).toFixed(2)} ms, ${percentileOf(rates, 50).toFixed(0)} jobs/s with ${WIDTH} at once`,
    );
  }
  const quotient = (read: (side: (typeof sides)['service']) => number[]) =>
    percentileOf(read(sides.service), 50) / percentileOf(read(sides.floor), 50);
  return [
    { label: 'no-op over REST ÷ floor program: median latency', value: quotient(({ latencies }) => latencies), goal: 1.5, better: 'lower' },
    { label: 'no-op over REST ÷ floor program: throughput', value: quotient(({ rates }) => rates), goal: 0.7, better: 'higher' },
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
    for (let count = 0; count < 20 + 300; count++) {
      const { status, body, milliseconds } = await post(`${platform.url}/v1/jobs`, smallJob);
      if (status !== 202) throw new Error(`the service answered ${status}: ${body}`);
      if (count >= 20) times.push(milliseconds);
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
