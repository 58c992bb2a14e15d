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
 * Peak memory of the whole process tree, PostgreSQL included, for many rows against few. Each size has a platform of its own. What
 * processes share is counted once (proportional set size), hence Linux alone.
 */
export const globalMemoryBench: Bench = {
  name: 'global-memory',
  about: `global-importance over ${MANY} rows against ${FEW}: peak memory of all processes together (embedded shape, over REST)`,
  async run(tell) {
    const few = await measurePeak(FEW, tell);
    const many = await measurePeak(MANY, tell);
    tell(`apart by ${((many - few) / MEGABYTE).toFixed(1)} MB`);
    return [
      { label: `peak memory, ${MANY} rows ÷ ${FEW} rows`, value: many / few, goal: 1.05, better: 'lower' },
      { label: 'megabytes more for ten times the rows ÷ 20', value: Math.max(0, many - few) / MEGABYTE / 20, goal: 1, better: 'lower' },
    ];
  },
};

async function measurePeak(rows: number, tell: (line: string) => void): Promise<number> {
  const platform = await Platform.start({ shape: 'embedded', environment: { VITRINE_CHILDREN: '2', VITRINE_LOG_LEVEL: 'warn' } });
  try {
    const root = platform.workerPid('global');
    const run = platform.explain(request(rows));
    const watch = new AbortController();
    const peak = watchPeak(root, watch.signal);
    const result = (await run.finally(() => watch.abort()))['result'] as Json;
    const { all, byRole } = await peak;
    const roles = Object.entries(byRole).map(([role, bytes]) => `${role} ${(bytes / MEGABYTE).toFixed(0)}`);
    tell(`${(result['rows'] as { explained: number }).explained} rows: peak ${(all / MEGABYTE).toFixed(1)} MB (${roles.join(', ')})`);
    return all;
  } finally {
    await platform.stop();
  }
}

function request(rows: number): unknown {
  return {
    method: 'global-importance',
    model: { name: MODEL },
    input: { dataset: MODEL, rows: [0, rows] },
    target: { class: 1, space: 'log-odds' },
    params: { local: { method: 'occlusion' } },
    seed: 1,
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
