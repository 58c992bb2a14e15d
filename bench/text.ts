import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { findProject } from '#platform';
import { Platform } from '../test/support/platform.js';
import type { Bench, Ratio } from './bench.js';
import { IdealProcess } from './text/ideal-process.js';
import { percentileOf } from './percentile-of.js';
import type { ReviewJob } from './text/rows.js';

const MODEL = 'sst2-minilm';
const METHOD = 'kernel-shap';
const JOBS = 16;
const ROUNDS = 5;
const REVIEW =
  'A slow and strangely tender film about loss and the sea that takes its time, trusts its two quiet actors, and finds in the end more light than anyone had hoped for.';

const folder = join(findProject().root, 'models', MODEL);
const reviewJobs: readonly ReviewJob[] = Array.from({ length: JOBS }, (_, index) => ({
  text: REVIEW,
  params: { players: 'words', budget: 512 },
  seed: index + 1,
}));

export const textBench: Bench = {
  name: 'text',
  about:
    'kernel-shap of a review of 30 words through the whole service (embedded shape, over REST), divided by an ideal loop over the same distinct rows',
  async run(tell) {
    const children = availableParallelism();
    const recorder = new IdealProcess();
    const rowsOf = await recorder.record(folder, METHOD, reviewJobs);
    recorder.stop();
    tell(`${rowsOf[0]?.length ?? 0} distinct rows of ${rowsOf[0]?.[0]?.length ?? 0} tokens in one job`);
    const platform = await Platform.start({
      shape: 'embedded',
      environment: { VITRINE_CHILDREN: String(children), VITRINE_LOG_LEVEL: 'warn' },
    });
    try {
      return [await measureOne(platform, rowsOf[0] ?? [], tell), await measureMany(platform, rowsOf, children, tell)];
    } finally {
      await platform.stop();
    }
  },
};

async function measureOne(platform: Platform, rows: readonly Int32Array[], tell: (line: string) => void): Promise<Ratio> {
  const ideal = new IdealProcess();
  try {
    const batchSize = await ideal.load(folder, rows);
    tell(`ideal loop: quickest with batches of ${batchSize} rows`);
    await explain(platform, reviewJobs.slice(0, 1)); // opens the model
    const ratios: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const before = await ideal.run();
      const service = await explain(platform, reviewJobs.slice(0, 1));
      const after = await ideal.run();
      ratios.push(service / ((before + after) / 2));
      tell(`one job: service ${service.toFixed(0)} ms, ideal loop ${before.toFixed(0)} and ${after.toFixed(0)} ms`);
    }
    return { label: 'one job ÷ ideal loop, median', value: percentileOf(ratios, 50), goal: 1.1, better: 'lower' };
  } finally {
    ideal.stop();
  }
}

async function measureMany(
  platform: Platform,
  rowsOf: readonly (readonly Int32Array[])[],
  children: number,
  tell: (line: string) => void,
): Promise<Ratio> {
  const loops = Array.from({ length: children }, () => new IdealProcess());
  try {
    const shares = loops.map((_, place) => rowsOf.filter((__, job) => job % children === place).flat());
    // The rows of one job have the lengths of all, and the search runs them many times.
    const batchSize = await (loops[0] ?? new IdealProcess()).load(folder, rowsOf[0] ?? []);
    await Promise.all(loops.map((loop, place) => loop.load(folder, shares[place] ?? [], batchSize)));
    tell(`ideal loops: batches of ${batchSize} rows`);
    const runIdeal = async () => {
      const startedAt = performance.now();
      await Promise.all(loops.map((loop) => loop.run()));
      return performance.now() - startedAt;
    };
    await explain(platform, reviewJobs.slice(0, children)); // every child opens the model
    const ratios: number[] = [];
    let after = await runIdeal();
    for (let round = 0; round < 3; round++) {
      const before = after;
      const service = await explain(platform, reviewJobs);
      after = await runIdeal();
      ratios.push(service / ((before + after) / 2));
      tell(`${JOBS} jobs: service ${service.toFixed(0)} ms, ideal loops ${before.toFixed(0)} and ${after.toFixed(0)} ms`);
    }
    return {
      label: `${JOBS} jobs at once ÷ ideal loops on ${children} processes, median`,
      value: percentileOf(ratios, 50),
      goal: 1.05,
      better: 'lower',
    };
  } finally {
    for (const loop of loops) loop.stop();
  }
}

/** Milliseconds from the first POST to the last stored result. */
async function explain(platform: Platform, jobs: readonly ReviewJob[]): Promise<number> {
  const startedAt = performance.now();
  await Promise.all(
    jobs.map(async ({ text, params, seed }) => {
      const body = { method: METHOD, model: { name: MODEL }, input: { text }, params, seed, cache: 'bypass' };
      let job = (await platform.call('POST', '/v1/jobs', body, { prefer: 'wait=30' })).json();
      if (job['state'] !== 'SUCCEEDED') job = await platform.finished(String(job['id']), { everyMs: 200 });
      if (job['state'] !== 'SUCCEEDED') throw new Error(`a job ended ${JSON.stringify(job)}`);
    }),
  );
  return performance.now() - startedAt;
}
