import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { descendants, Platform, type Json } from '../test/support/platform.js';
import type { Bench } from './bench.js';

const MODEL = 'adult-lightgbm';
const FEW = 1000;
const MANY = 10_000;
const WARM_UPS = 5;
const SAMPLE_MS = 200;
const MEGABYTE = 2 ** 20;

/**
 * Peak memory of the whole process tree, PostgreSQL included, of one job of many rows against one of few on the same platform. What
 * processes share is counted once (proportional set size), hence Linux alone.
 *
 * The platform has done some work before: what a process loads and compiles for its first jobs is no memory that rows cost, and
 * PostgreSQL's cache fills once. The first job's peak is told too.
 */
export const globalMemoryBench: Bench = {
  name: 'global-memory',
  about: `global-importance over ${MANY} rows against ${FEW}: peak memory of all processes together (embedded shape, over REST)`,
  async run(tell) {
    const platform = await Platform.start({ shape: 'embedded', environment: { VITRINE_CHILDREN: '2', VITRINE_LOG_LEVEL: 'warn' } });
    try {
      for (let seed = 1; seed <= WARM_UPS; seed++) {
        const { all } = await measurePeak(platform, FEW, seed, tell);
        if (seed === 1) tell(`the first job of all: ${(all / MEGABYTE).toFixed(1)} MB`);
      }
      const few = await measurePeak(platform, FEW, WARM_UPS + 1, tell);
      const many = await measurePeak(platform, MANY, 0, tell);
      tell(`apart by ${((many.all - few.all) / MEGABYTE).toFixed(1)} MB`);
      return [
        { label: `peak memory, job of ${MANY} rows ÷ job of ${FEW}`, value: many.all / few.all, goal: 1.05, better: 'lower' },
        {
          label: 'megabytes more for ten times the rows ÷ 20',
          value: Math.max(0, many.all - few.all) / MEGABYTE / 20,
          goal: 1,
          better: 'lower',
        },
      ];
    } finally {
      await platform.stop();
    }
  },
};

async function measurePeak(platform: Platform, rows: number, seed: number, tell: (line: string) => void): Promise<Peak> {
  const run = platform.explain(request(rows, seed));
  const watch = new AbortController();
  const watched = watchPeak(platform.workerPid('global'), watch.signal);
  const result = (await run.finally(() => watch.abort()))['result'] as Json;
  const { explained } = result['rows'] as { explained: number };
  if (explained !== rows) throw new Error(`${explained} of ${rows} rows were explained`);
  const peak = await watched;
  tell(`${rows} rows: ${describe(peak)}`);
  return peak;
}

function describe({ all, byRole }: Peak): string {
  const roles = Object.entries(byRole).map(([role, bytes]) => `${role} ${(bytes / MEGABYTE).toFixed(0)}`);
  return `${(all / MEGABYTE).toFixed(1)} MB (${roles.join(', ')})`;
}

function request(rows: number, seed: number): unknown {
  return {
    method: 'global-importance',
    model: { name: MODEL },
    input: { dataset: MODEL, rows: [0, rows] },
    target: { class: 1, space: 'log-odds' },
    params: { local: { method: 'occlusion' } },
    seed,
    deadlineSeconds: 3600,
  };
}

/** What each kind of process held when all of them together held most. */
interface Peak {
  readonly all: number;
  readonly byRole: Readonly<Record<string, number>>;
}

async function watchPeak(root: number, signal: AbortSignal): Promise<Peak> {
  let peak: Peak = { all: 0, byRole: {} };
  while (!signal.aborted) {
    const byRole: Record<string, number> = {};
    for (const pid of [root, ...(await descendants(root))]) {
      const role = pid === root ? 'service' : await roleOf(pid);
      byRole[role] = (byRole[role] ?? 0) + (await memoryOf(pid));
    }
    const all = Object.values(byRole).reduce((sum, bytes) => sum + bytes, 0);
    if (all > peak.all) peak = { all, byRole };
    await pause(SAMPLE_MS);
  }
  return peak;
}

async function roleOf(pid: number): Promise<string> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''); // it has just ended
  return command.includes('postgres') ? 'PostgreSQL' : 'children';
}

async function memoryOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return 1024 * Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0);
}
