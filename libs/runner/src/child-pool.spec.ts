import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { fork } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Progress } from '#explainers';
import { createLogger, findProject } from '#platform';
import { makeToyFiles, makeToyOrder } from '../test/toy-order.js';
import { ChildPool, type ChildPoolOptions } from './child-pool.js';
import { RunFailure } from './run-failure.js';
import type { ExplainRun, RunOptions } from './runner.js';

jest.setTimeout(60_000);

// Real processes: what is tested here is what happens to them. They run the compiled tree.
const compiled = (name: string) => join(findProject().root, 'dist/libs/runner/test', name);
const model = makeToyFiles();
const pools: ChildPool[] = [];
const logged: string[] = [];

function startPool(options: Partial<ChildPoolOptions> = {}): ChildPool {
  const logger = createLogger({ level: 'trace', app: 'test', destination: { write: (line: string) => void logged.push(line) } });
  const pool = new ChildPool({ children: 1, childMemoryBytes: 2 ** 30, logger, entry: compiled('toy-child.js'), ...options });
  pools.push(pool);
  return pool;
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
  logged.length = 0;
});

interface Started {
  readonly result: Promise<ExplainRun>;
  /** Pid of the child, once the method has reported something. */
  readonly underWay: Promise<number>;
  readonly progress: Progress[];
  cancel(): void;
}

function start(pool: ChildPool, behaviour: string, options: Partial<RunOptions> = {}): Started {
  const abort = new AbortController();
  const progress: Progress[] = [];
  let pid = 0;
  let tell: (pid: number) => void = () => undefined;
  const underWay = new Promise<number>((resolve) => {
    tell = resolve;
  });
  const result = pool.explain(makeToyOrder(model, behaviour), {
    deadline: null,
    memoryLimitBytes: 2 ** 30,
    signal: abort.signal,
    onStart: (started) => {
      pid = started;
    },
    onProgress: (report) => {
      progress.push(report);
      if (report.phase !== 'evaluating') tell(pid);
    },
    ...options,
  });
  result.catch(() => undefined); // each test looks at it in its own time
  return { result, underWay, progress, cancel: () => abort.abort() };
}

async function failureOf(result: Promise<unknown>): Promise<RunFailure> {
  const failure: unknown = await result.then(
    () => null,
    (error: unknown) => error,
  );
  if (failure instanceof RunFailure) return failure;
  throw new Error(`no RunFailure but ${String(failure)}`);
}

/** A zombie is gone: it only waits for whoever adopted it. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' && process.platform !== 'linux';
  }
}

async function waitUntil(condition: () => boolean, limitMs = 10_000): Promise<void> {
  for (let waited = 0; !condition(); waited += 20) {
    if (waited > limitMs) throw new Error('waited in vain');
    await wait(20);
  }
}

describe('ChildPool', () => {
  it('explains, plans and probes in another process', async () => {
    const pool = startPool();
    const order = makeToyOrder(model, 'answer');
    const options = { deadline: null, memoryLimitBytes: 2 ** 30, signal: new AbortController().signal };
    const pids: number[] = [];
    const run = await pool.explain(order, { ...options, onStart: (pid) => pids.push(pid) });
    expect(run.output.attributions).toEqual([[2, 1]]);
    expect(pids).toHaveLength(1);
    expect(pids).not.toContain(process.pid);
    expect(run.wallMs).toBeGreaterThan(0);
    expect(run.cpuMs).toBeGreaterThan(0);
    expect(run.peakRssBytes).toBeGreaterThan(2 ** 20);
    expect(run.environment).toMatchObject({ node: process.versions.node, arch: process.arch, platform: findProject().version });
    expect(run.environment.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(await pool.plan(order, options)).toMatchObject({ estimatedEvaluations: 4 });
    const probed = await pool.probe({ folder: model.folder, name: 'new', version: '3' }, options);
    expect(probed.description).toMatchObject({ name: 'new', version: '3' });
  });

  it('gives every run of one machine the same fingerprint', async () => {
    const pool = startPool({ children: 2 });
    const runs = await Promise.all([1, 2, 3].map(() => start(pool, 'answer').result));
    expect(new Set(runs.map((run) => run.environment.fingerprint)).size).toBe(1);
  });

  it('keeps one idle process beside the busy ones, never more', async () => {
    const pool = startPool({ children: 2 });
    const crawling = [start(pool, 'crawl'), start(pool, 'crawl'), start(pool, 'crawl')];
    await Promise.all(crawling.slice(0, 2).map((run) => run.underWay));
    await waitUntil(() => pool.children().length === 3 && pool.children().some((child) => child.state === 'idle'));
    expect(
      pool
        .children()
        .map((child) => child.state)
        .sort(),
    ).toEqual(['busy', 'busy', 'idle']);
  });

  it('takes orders first come, first served', async () => {
    const pool = startPool();
    const order: number[] = [];
    await Promise.all([0, 1, 2, 3].map((place) => start(pool, 'answer', { onStart: () => order.push(place) }).result));
    expect(order).toEqual([0, 1, 2, 3]);
  });

  it('plans while every place for work is taken', async () => {
    const pool = startPool();
    await start(pool, 'crawl').underWay;
    const waiting = start(pool, 'answer');
    const options = { deadline: null, memoryLimitBytes: 2 ** 30, signal: new AbortController().signal };
    expect(await pool.plan(makeToyOrder(model, 'answer'), options)).toMatchObject({ estimatedEvaluations: 4 });
    expect(waiting.progress).toEqual([]);
  });

  it('passes progress on while the run goes on', async () => {
    const run = start(startPool(), 'crawl');
    await run.underWay;
    await waitUntil(() => run.progress.filter(({ phase }) => phase === 'crawling').length >= 3);
    const done = run.progress.filter(({ phase }) => phase === 'crawling').map((progress) => progress.done);
    expect(done).toEqual([...done].sort((one, other) => one - other));
  });

  it('gives a child no variable of this process and an empty folder to stand in', async () => {
    const run = await start(startPool(), 'surroundings').result;
    const { environment, files } = run.output.result as { environment: Record<string, string>; files: string[] };
    // What fork itself sets for its channel.
    expect(Object.keys(environment).filter((name) => !name.startsWith('NODE_CHANNEL_'))).toEqual([]);
    expect(files).toEqual([]);
  });

  describe('when the process dies', () => {
    it('says MODEL_CRASHED, and the next order is served', async () => {
      const pool = startPool();
      const run = start(pool, 'block');
      const pid = await run.underWay;
      process.kill(pid, 'SIGKILL');
      expect(await failureOf(run.result)).toMatchObject({
        code: 'MODEL_CRASHED',
        retryable: true,
        detail: expect.stringContaining('SIGKILL'),
      });
      expect((await start(pool, 'answer').result).output.attributions).toEqual([[2, 1]]);
    });

    it('leaves the runs beside it alone', async () => {
      const pool = startPool({ children: 2 });
      const bystander = start(pool, 'crawl');
      const bystanderPid = await bystander.underWay;
      expect(await failureOf(start(pool, 'abort').result)).toMatchObject({ code: 'MODEL_CRASHED' });
      expect(isAlive(bystanderPid)).toBe(true);
      const seen = bystander.progress.length;
      await waitUntil(() => bystander.progress.length > seen);
    });

    it('quotes its last words without paths', async () => {
      const failure = await failureOf(start(startPool(), 'abort').result);
      expect(failure.detail).toMatch(/SIGABRT/);
      expect(failure.detail).not.toMatch(/\/srv/);
      expect(logged.join('')).toContain('assertion failed in /srv/secret');
    });

    it('names the exit code of one that left by itself', async () => {
      expect(await failureOf(start(startPool(), 'exit').result)).toMatchObject({
        code: 'MODEL_CRASHED',
        detail: expect.stringContaining('exit code 7'),
      });
    });

    it('keeps a spare ready: an order right after a kill does not wait for a start', async () => {
      const pool = startPool();
      const run = start(pool, 'block');
      const pid = await run.underWay;
      await waitUntil(() => pool.children().some((child) => child.state === 'idle'));
      const spare = pool.children().find((child) => child.state === 'idle')?.pid;
      process.kill(pid, 'SIGKILL');
      await failureOf(run.result);
      const started: number[] = [];
      await start(pool, 'answer', { onStart: (next) => started.push(next) }).result;
      expect(started).toEqual([spare]);
    });
  });

  describe.each(['block', 'spin', 'crawl'])('while a run is stuck (%s)', (behaviour) => {
    it('kills it at the deadline', async () => {
      const pool = startPool();
      await start(pool, 'answer').result; // a process is up: the next order starts at once
      const pids: number[] = [];
      const run = start(pool, behaviour, { deadline: new Date(Date.now() + 500), onStart: (pid) => pids.push(pid) });
      expect(await failureOf(run.result)).toMatchObject({ code: 'DEADLINE_EXCEEDED', retryable: false });
      expect(pids).toHaveLength(1);
      expect(pids.some(isAlive)).toBe(false);
    });

    it('kills it on cancel', async () => {
      const pool = startPool();
      const run = start(pool, behaviour);
      const pid = await run.underWay;
      run.cancel();
      expect(await failureOf(run.result)).toMatchObject({ code: 'CANCELLED' });
      expect(isAlive(pid)).toBe(false);
    });
  });

  describe('while an order waits', () => {
    it('ends it on cancel and at the deadline without touching the one that runs', async () => {
      const pool = startPool();
      const running = start(pool, 'crawl');
      const pid = await running.underWay;
      const cancelled = start(pool, 'answer');
      const late = start(pool, 'answer', { deadline: new Date(Date.now() + 50) });
      cancelled.cancel();
      expect((await failureOf(cancelled.result)).code).toBe('CANCELLED');
      expect((await failureOf(late.result)).code).toBe('DEADLINE_EXCEEDED');
      expect(isAlive(pid)).toBe(true);
    });

    it('does not start what was cancelled or late before it came', async () => {
      const pool = startPool();
      const past = start(pool, 'answer', { deadline: new Date(Date.now() - 1) });
      const aborted = start(pool, 'answer', { signal: AbortSignal.abort() });
      expect((await failureOf(past.result)).code).toBe('DEADLINE_EXCEEDED');
      expect((await failureOf(aborted.result)).code).toBe('CANCELLED');
      expect(pool.children().every((child) => child.state !== 'busy')).toBe(true);
    });
  });

  describe('at the limit of memory', () => {
    it('kills only the child that crossed it', async () => {
      const pool = startPool({ children: 2 });
      const bystander = start(pool, 'crawl');
      const bystanderPid = await bystander.underWay;
      const eater = await failureOf(start(pool, 'eat', { memoryLimitBytes: 400 * 2 ** 20 }).result);
      expect(eater).toMatchObject({ code: 'RESOURCE_LIMIT', detail: expect.stringContaining('400 MiB') });
      expect(isAlive(bystanderPid)).toBe(true);
      expect((await start(pool, 'answer').result).output.attributions).toEqual([[2, 1]]);
    });

    it('knows an exhausted heap from a crash', async () => {
      const pool = startPool({ childMemoryBytes: 64 * 2 ** 20 });
      expect(await failureOf(start(pool, 'eat-heap', { memoryLimitBytes: 2 ** 32 }).result)).toMatchObject({ code: 'RESOURCE_LIMIT' });
    });

    it('knows a refused allocation from a refused row', async () => {
      expect(await failureOf(start(startPool(), 'no-memory').result)).toMatchObject({ code: 'RESOURCE_LIMIT' });
    });
  });

  describe('when the method fails', () => {
    it('passes on what a person can act on, word for word', async () => {
      expect(await failureOf(start(startPool(), 'problem').result)).toMatchObject({
        code: 'CLASS_UNKNOWN',
        detail: '"/x/y" is no class',
        pointer: '/target/class',
        remedy: 'Use another.',
      });
    });

    it('points at the method that asks for what the model has not', async () => {
      expect(await failureOf(start(startPool(), 'no-gradient').result)).toMatchObject({ code: 'GRADIENT_UNAVAILABLE', pointer: '/method' });
    });

    it('takes the paths out of what the runtime said', async () => {
      const failure = await failureOf(start(startPool(), 'runtime-problem').result);
      expect(failure.code).toBe('MODEL_RUN_FAILED');
      expect(failure.detail).toContain('Non-zero status');
      expect(failure.detail).not.toContain('/build');
    });

    it.each(['throw', 'throw-later'])('keeps the stack of a programming error in the log (%s)', async (behaviour) => {
      const pool = startPool();
      const failure = await failureOf(start(pool, behaviour).result);
      expect(failure.code).toBe('INTERNAL');
      expect(JSON.stringify([failure.detail, failure.message])).not.toMatch(/TypeError|secret|\.js/);
      expect(logged.join('')).toMatch(/TypeError: (?:late|cannot read).*toy-explainer/);
      expect((await start(pool, 'answer').result).output.attributions).toEqual([[2, 1]]);
    });

    it('refuses a result that is not what every result is', async () => {
      const pool = startPool();
      expect(await failureOf(start(pool, 'not-a-number').result)).toMatchObject({
        code: 'RESULT_INVALID',
        detail: expect.stringContaining('attributions/0/1'),
      });
      expect(await failureOf(start(pool, 'short-row').result)).toMatchObject({ code: 'RESULT_INVALID' });
      const run = await start(pool, 'negative-zero').result;
      expect(run.output.attributions.flat().some((value) => Object.is(value, -0))).toBe(false);
    });

    it('refuses a method it does not have, and files that changed', async () => {
      const pool = startPool();
      const options = { deadline: null, memoryLimitBytes: 2 ** 30, signal: new AbortController().signal };
      expect(await failureOf(pool.explain({ ...makeToyOrder(model, 'answer'), method: 'none' }, options))).toMatchObject({
        code: 'METHOD_UNKNOWN',
      });
      const changing = makeToyFiles();
      await pool.explain(makeToyOrder(changing, 'answer'), options);
      writeFileSync(join(changing.folder, 'model.onnx'), 'f(a, b) = 2a - b');
      expect(await failureOf(pool.explain(makeToyOrder(changing, 'answer'), options))).toMatchObject({ code: 'MODEL_FILE_CHANGED' });
    });
  });

  it('survives a model that kills the process that probes it', async () => {
    const pool = startPool();
    const options = { deadline: null, memoryLimitBytes: 2 ** 30, signal: new AbortController().signal };
    expect(await failureOf(pool.probe({ folder: model.folder, name: 'crash', version: '1' }, options))).toMatchObject({
      code: 'MODEL_CRASHED',
    });
    const first = await pool.probe({ folder: model.folder, name: 'good', version: '1' }, options);
    const second = await pool.probe({ folder: model.folder, name: 'good', version: '1' }, options);
    expect(first.capabilities['pid']).not.toBe(second.capabilities['pid']); // a process that met an unknown model is not used again
  });

  it('replaces a process after so many runs', async () => {
    const pool = startPool({ runsPerChild: 2 });
    const pids: number[] = [];
    for (let run = 0; run < 4; run++) await start(pool, 'answer', { onStart: (pid) => pids.push(pid) }).result;
    expect(pids[0]).toBe(pids[1]);
    expect(pids[2]).not.toBe(pids[1]);
    await waitUntil(() => !isAlive(pids[0] ?? 0));
  });

  it('tells those who wait when no process can be started', async () => {
    const pool = startPool({ entry: compiled('absent.js') });
    expect(await failureOf(start(pool, 'answer').result)).toMatchObject({ code: 'INTERNAL' });
    expect(logged.join('')).toContain('died before its first order');
  });

  it('replaces a spare that was killed', async () => {
    const pool = startPool();
    await waitUntil(() => pool.children().some((child) => child.state === 'idle'));
    const [first] = pool.children();
    process.kill(first?.pid ?? 0, 'SIGKILL');
    await waitUntil(() => pool.children().some((child) => child.state === 'idle' && child.pid !== first?.pid));
  });

  it('has the spare open the model explained last, before anybody asks', async () => {
    const pool = startPool();
    const run = start(pool, 'block');
    const pid = await run.underWay;
    await waitUntil(() => pool.children().some((child) => child.pid !== pid && child.state === 'idle'));
    process.kill(pid, 'SIGKILL');
    await failureOf(run.result);
    const { output } = await start(pool, 'surroundings').result;
    expect(output.result).toMatchObject({ before: 1 });
  });

  it('opens the models it was told to, and goes on where one of them cannot be opened', async () => {
    const pool = startPool();
    pool.preload([{ ...model, description: { ...model.description, name: 'absent' }, folder: '/nowhere' }, model]);
    await waitUntil(() => logged.some((line) => line.includes('could not be opened in advance')));
    await waitUntil(() => pool.children().some((child) => child.state === 'idle'));
    const { output } = await start(pool, 'surroundings').result;
    expect(output.result).toMatchObject({ before: 1 });
  });

  it('closes at once, whatever runs and waits', async () => {
    const pool = startPool();
    const running = start(pool, 'block');
    const pid = await running.underWay;
    const waiting = start(pool, 'answer');
    await pool.close();
    expect((await failureOf(running.result)).code).toBe('SHUTTING_DOWN');
    expect((await failureOf(waiting.result)).code).toBe('SHUTTING_DOWN');
    expect((await failureOf(start(pool, 'answer').result)).code).toBe('SHUTTING_DOWN');
    expect(isAlive(pid)).toBe(false);
    expect(pool.children()).toEqual([]);
  });

  it('leaves no process behind when its own is killed', async () => {
    const parent = fork(compiled('toy-parent.js'), [compiled('toy-child.js'), 'block', 'spin', 'crawl'], { execArgv: [] });
    const pids = await new Promise<number[]>((resolve) => parent.once('message', (message) => resolve(message as number[])));
    expect(pids.length).toBeGreaterThanOrEqual(3);
    expect(pids.every(isAlive)).toBe(true);
    parent.kill('SIGKILL');
    await waitUntil(() => !pids.some(isAlive), 5000);
  });
});
