import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plan } from '#explainers';
import { countNothing, SystemClock, type Clock, type Count, type Logger } from '#platform';
import { explainCrash } from './explain-crash.js';
import { findCompiled } from './find-compiled.js';
import type { Answers, ChildFailure, FromChild, Order } from './messages.js';
import { keyOf, modelOf } from './model-key.js';
import { MemoryWatch } from './memory-watch.js';
import { PendingRun } from './pending-run.js';
import { PooledChild } from './pooled-child.js';
import { RunFailure } from './run-failure.js';
import { WarmModels } from './warm-models.js';
import {
  Runner,
  type ChildSnapshot,
  type ConcludeOrder,
  type ExplainOrder,
  type ExplainRun,
  type MergeOrder,
  type ModelFiles,
  type PartOrder,
  type PartRun,
  type PlanOrder,
  type ProbedModel,
  type ProbeOrder,
  type RunOptions,
} from './runner.js';

export interface ChildPoolOptions {
  /** Runs at once; one more process stays idle, so that a kill costs the next run no start. */
  readonly children: number;
  /** Size of the JavaScript heap of a child. An idle child above half of it in resident size is replaced. */
  readonly childMemoryBytes: number;
  readonly logger: Logger;
  /** Compiled entry of the children; the one of this package by default. */
  readonly entry?: string;
  /** Runs after which a child is replaced. Default 1,000. */
  readonly runsPerChild?: number;
  readonly clock?: Clock;
  readonly count?: Count;
}

const startMs = 30_000;
const preloadMs = 20_000;
/** For runs that nobody cancels. */
const never = new AbortController().signal;
/** Children in a row that died before they were ready, after which waiting orders are told. */
const startsBeforeGivingUp = 3;

/**
 * Runs each order in a child process that has nothing else to do, and kills that process at the deadline, on cancel
 * and at the memory limit: native code cannot be interrupted in any other way. First come, first served.
 */
export class ChildPool extends Runner {
  private readonly live = new Set<PooledChild>();
  private readonly waiting: PendingRun[] = [];
  private readonly running = new Map<PooledChild, PendingRun>();
  private readonly warm = new WarmModels();
  private readonly folder = join(tmpdir(), `vitrine-run-${randomUUID()}`);
  private readonly entry: string;
  private readonly clock: Clock;
  private readonly count: Count;
  private readonly memory = new MemoryWatch(this.running);
  private failedStarts = 0;
  private restart: NodeJS.Timeout | null = null;
  private closing: Promise<void> | null = null;
  private onLastGone: (() => void) | null = null;

  constructor(private readonly options: ChildPoolOptions) {
    super();
    if (!Number.isSafeInteger(options.children) || options.children < 1)
      throw new RangeError(`children is ${options.children}; it must be at least 1`);
    this.entry = options.entry ?? findCompiled(import.meta.url, 'child.js', 'libs/runner/src');
    this.clock = options.clock ?? new SystemClock();
    this.count = options.count ?? countNothing;
    this.startChildren();
  }

  async explain(order: ExplainOrder, options: RunOptions): Promise<ExplainRun> {
    return this.submit('explain', { kind: 'explain', order }, options);
  }

  async plan(order: PlanOrder, options: RunOptions): Promise<Plan> {
    return this.submit('plan', { kind: 'plan', order }, options);
  }

  async explainPart(order: PartOrder, options: RunOptions): Promise<PartRun> {
    return this.submit('part', { kind: 'part', order }, options);
  }

  async mergeParts(order: MergeOrder, options: RunOptions): Promise<Uint8Array> {
    return this.submit('merge', { kind: 'merge', order }, options);
  }

  async concludeParts(order: ConcludeOrder, options: RunOptions): Promise<ExplainRun> {
    return this.submit('conclude', { kind: 'conclude', order }, options);
  }

  async probe(order: ProbeOrder, options: RunOptions): Promise<ProbedModel> {
    return this.submit('probe', { kind: 'probe', order }, options);
  }

  /** Fresh children open these models before their first order; without a word, the model explained last. */
  preload(models: readonly ModelFiles[]): void {
    this.warm.name(models);
  }

  children(): readonly ChildSnapshot[] {
    return [...this.live].map(({ pid, state, runs, rssBytes }) => ({ pid, state, runs, rssBytes }));
  }

  close(): Promise<void> {
    this.closing ??= this.stopAll();
    return this.closing;
  }

  private submit<Kind extends Order['kind']>(
    _kind: Kind,
    order: Order & { readonly kind: Kind },
    options: RunOptions,
  ): Promise<Answers[Kind]> {
    return new Promise((resolve, reject) => {
      const run = new PendingRun(order, options, this.clock, {
        onDone: (value) => resolve(value as Answers[Kind]), // a child answers each order in its own kind
        onFailed: reject,
        onStop: (stopped) => this.stopRun(stopped),
      });
      if (this.closing !== null) run.stop(shuttingDown());
      else run.watch();
      if (run.stopped !== null) return;
      this.waiting.push(run);
      this.assign();
    });
  }

  /** Hands waiting orders to idle children. A plan, which is short and has someone waiting, may use the spare. */
  private assign(): void {
    for (const run of [...this.waiting]) {
      if (run.order.kind !== 'plan' && this.countWork() >= this.options.children) continue;
      const child = this.chooseChild(run.order);
      if (child === undefined) break;
      this.waiting.splice(this.waiting.indexOf(run), 1);
      this.begin(child, run);
    }
    if (this.waiting.length === 0) this.warmUp();
    this.memory.adjust();
    this.startChildren();
  }

  private begin(child: PooledChild, run: PendingRun): void {
    child.state = 'busy';
    this.running.set(child, run);
    child.send(run.order);
    run.options.onStart?.(child.pid);
  }

  private countWork(): number {
    return [...this.running.values()].filter(({ order }) => order.kind !== 'plan' && order.kind !== 'preload').length;
  }

  private warmUp(): void {
    for (const child of this.live) {
      if (child.state !== 'idle' || child.runs > 0 || this.closing !== null) continue;
      const model = this.warm.offer(child);
      if (model === null) continue;
      const options = {
        deadline: new Date(this.clock.now().getTime() + preloadMs),
        memoryLimitBytes: this.options.childMemoryBytes,
        signal: never,
      };
      const run = new PendingRun({ kind: 'preload', model }, options, this.clock, {
        onDone: () => undefined,
        onFailed: (failure) => this.giveUpPreload(model, failure),
        onStop: (stopped) => this.stopRun(stopped),
      });
      run.watch();
      this.begin(child, run);
    }
  }

  /** Once a model has answered: opening it a second time would only have slowed the first. */
  private rememberModel(order: Order, message: FromChild): void {
    if ((order.kind !== 'explain' && order.kind !== 'part') || message.kind === 'failed' || !this.warm.remember(order.order.model)) return;
    if (this.waiting.length === 0) this.warmUp();
  }

  private giveUpPreload(model: ModelFiles, failure: RunFailure): void {
    if (this.closing !== null) return;
    this.warm.drop(model);
    this.options.logger.warn({ model: keyOf(model), code: failure.code, detail: failure.detail }, 'a model could not be opened in advance');
  }

  /** A child that has the model open, else the one with the fewest open. */
  private chooseChild(order: Order): PooledChild | undefined {
    const idle = [...this.live].filter((child) => child.state === 'idle').sort((one, other) => one.opened.size - other.opened.size);
    const model = modelOf(order);
    return idle.find((child) => model !== null && child.opened.has(keyOf(model))) ?? idle[0];
  }

  private startChildren(): void {
    if (this.closing !== null || this.restart !== null) return;
    const wanted = Math.min(this.options.children, this.countWork() + this.waiting.length) + 1;
    const usable = [...this.live].filter((child) => child.state !== 'stopping').length;
    for (let count = usable; count < wanted; count++) this.startChild();
  }

  private startChild(): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 }); // again, where a cleaner took it
    this.live.add(
      new PooledChild(
        { entry: this.entry, folder: this.folder, heapMb: Math.ceil(this.options.childMemoryBytes / 2 ** 20), startMs },
        {
          onReady: (child) => {
            this.failedStarts = 0;
            child.state = 'idle';
            this.assign();
          },
          onMessage: (child, message) => this.receive(child, message),
          onGone: (child) => this.forget(child),
        },
      ),
    );
  }

  private receive(child: PooledChild, message: Exclude<FromChild, { kind: 'ready' }>): void {
    const run = this.running.get(child);
    if (message.kind === 'failed') {
      const { failure } = message;
      if (run === undefined) this.logFailure(child, failure);
      else run.within(() => this.logFailure(child, failure));
    }
    // An answer that comes after the run was stopped is no answer: its process is being killed.
    if (run?.stopped !== null) return;
    this.rememberModel(run.order, message);
    if (message.kind === 'progress') {
      run.options.onProgress?.(message.progress);
      return;
    }
    this.running.delete(child);
    if (run.order.kind !== 'preload') child.runs += 1;
    child.rssBytes = message.rssBytes;
    child.opened = new Set(message.opened);
    if (message.loads > 0) this.count('vitrine_model_loads_total', {}, message.loads);
    const failure = message.kind === 'failed' ? message.failure : null;
    if (this.mayGoOn(child, run, failure)) child.state = 'idle';
    else child.retire();
    if (message.kind === 'failed') run.reject(new RunFailure(message.failure));
    else run.resolve(this.withPeak(run, message.value));
    this.assign();
  }

  private mayGoOn(child: PooledChild, run: PendingRun, failure: ChildFailure | null): boolean {
    // After a programming error, a lack of memory, or a model nobody trusts yet, its state is unknown.
    if (run.order.kind === 'probe' || failure?.code === 'INTERNAL' || failure?.code === 'RESOURCE_LIMIT') return false;
    return child.runs < (this.options.runsPerChild ?? 1000) && (child.rssBytes ?? 0) <= this.options.childMemoryBytes / 2;
  }

  private withPeak(run: PendingRun, value: Answers[Order['kind']]): Answers[Order['kind']] {
    if (value === null || !('peakRssBytes' in value)) return value;
    return { ...value, peakRssBytes: Math.max(value.peakRssBytes, run.peakRssBytes) };
  }

  private stopRun(run: PendingRun): void {
    for (const [child, running] of this.running) {
      if (running === run) {
        child.kill(); // `forget` ends the run, once the process is gone
        return;
      }
    }
    const place = this.waiting.indexOf(run);
    if (place >= 0) this.waiting.splice(place, 1);
    if (run.stopped !== null) run.reject(run.stopped);
  }

  /** A child is gone, for whatever reason. */
  private forget(child: PooledChild): void {
    this.live.delete(child);
    const run = this.running.get(child);
    this.count('vitrine_child_ends_total', {
      reason: run?.stopped?.code ?? (run === undefined && (child.isRetired || this.closing !== null) ? 'retired' : 'crashed'),
    });
    this.running.delete(child);
    const end = { ...(child.ending ?? { code: null, signal: null }), output: child.output.raw, lastLine: child.output.lastLine() };
    const { logger } = this.options;
    if (run?.stopped === null)
      run.within(() => logger.warn({ childPid: child.pid, ...end }, 'a child process died in the middle of a run'));
    if (run === undefined && child.runs === 0 && this.closing === null) {
      this.failedStarts += 1;
      logger.error({ childPid: child.pid, failedStarts: this.failedStarts, ...end }, 'a child process died before its first order');
      this.startLater();
    }
    run?.reject(run.stopped ?? explainCrash(end));
    if (this.live.size === 0) this.onLastGone?.();
    this.assign();
  }

  /** Waits longer after each failure, so that a broken installation does not burn the processor. */
  private startLater(): void {
    if (this.failedStarts >= startsBeforeGivingUp) {
      const told = this.waiting.splice(0);
      for (const run of told)
        run.reject(new RunFailure({ code: 'INTERNAL', detail: 'no process could be started to run the model; the log holds the reason' }));
    }
    this.restart ??= setTimeout(
      () => {
        this.restart = null;
        this.startChildren();
      },
      Math.min(100 * 2 ** this.failedStarts, 5000),
    );
  }

  private logFailure(child: PooledChild, failure: ChildFailure): void {
    if (failure.stack !== null)
      this.options.logger.error({ childPid: child.pid, stack: failure.stack }, 'a run failed with a programming error');
  }

  private async stopAll(): Promise<void> {
    if (this.restart !== null) clearTimeout(this.restart);
    for (const run of [...this.waiting, ...this.running.values()]) run.stop(shuttingDown());
    for (const child of this.live) child.kill();
    if (this.live.size > 0) {
      await new Promise<void>((resolve) => {
        this.onLastGone = resolve;
      });
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function shuttingDown(): RunFailure {
  return new RunFailure({ code: 'SHUTTING_DOWN', detail: 'the process that runs explanations is stopping' });
}
