import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { descendants, Platform, type Json } from '../test/support/platform.js';
import type { Bench } from './bench.js';

const MODEL = 'adult-lightgbm';
const FEW = 1000;
const MANY = 10_000;
const SAMPLE_MS = 200;
const MEGABYTE = 2 ** 20;

/**
 * Peak memory of the whole process tree, PostgreSQL included, for many rows in one job against the same number in jobs of few. Each
 * side has a platform of its own. What processes share is counted once (proportional set size), hence Linux alone.
 *
 * Both sides run as long and do as much, for the question is what memory the rows of a job cost. One short job against a long one
 * would compare a heap before its first full collection with one after it: V8 lets the service's heap grow to about twice
 * what is alive in it, which takes some twenty seconds whatever the size of the job. What a single short job leaves is told too.
 */
export const globalMemoryBench: Bench = {
  name: 'global-memory',
  about: `global-importance over ${MANY} rows in one job against jobs of ${FEW}: peak memory of all processes together (embedded shape, over REST)`,
  async run(tell) {
    const few = await measurePeak(FEW, MANY / FEW, tell);
    const many = await measurePeak(MANY, 1, tell);
    tell(`apart by ${((many - few) / MEGABYTE).toFixed(1)} MB`);
    return [
      { label: `peak memory, job of ${MANY} rows ÷ jobs of ${FEW}`, value: many / few, goal: 1.05, better: 'lower' },
      {
        label: 'megabytes more for ten times the rows in a job ÷ 20',
        value: Math.max(0, many - few) / MEGABYTE / 20,
        goal: 1,
        better: 'lower',
      },
    ];
  },
};

/** Runs jobs one after the other on a platform of their own. */
async function measurePeak(rows: number, jobs: number, tell: (line: string) => void): Promise<number> {
  const platform = await Platform.start({ shape: 'embedded', environment: { VITRINE_CHILDREN: '2', VITRINE_LOG_LEVEL: 'warn' } });
  try {
    const root = platform.workerPid('global');
    let peak: Peak = { all: 0, byRole: {} };
    for (let seed = 1; seed <= jobs; seed++) {
      const run = platform.explain(request(rows, seed));
      const watch = new AbortController();
      const watched = watchPeak(root, watch.signal);
      const result = (await run.finally(() => watch.abort()))['result'] as Json;
      const { explained } = result['rows'] as { explained: number };
      if (explained !== rows) throw new Error(`${explained} of ${rows} rows were explained`);
      const one = await watched;
      if (one.all > peak.all) peak = one;
      if (seed === 1 || seed === jobs) tell(`${rows} rows, ${seed} of ${jobs} jobs: peak ${describe(peak)}`);
    }
    return peak.all;
  } finally {
    await platform.stop();
  }
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
