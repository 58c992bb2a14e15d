import { ExplainProblem, TabularModel, TextModel, type Cancellation, type Explainer, type Model } from '#explainers';
import { findProject, scrub } from '#platform';
import { checkOutput } from './check-output.js';
import type { Answers, ChildFailure, FromChild, Order } from './messages.js';
import { ModelShelf } from './model-shelf.js';
import type { ModelSource } from './model-source.js';
import { measurePeakRss, volunteerForOomKill } from './own-memory.js';
import { describeEnvironment, type RunEnvironment } from './run-environment.js';
import { RunFailure } from './run-failure.js';
import type { ExplainOrder, ExplainRun } from './runner.js';
import { throttleProgress } from './throttle-progress.js';
import { watchParent } from './watch-parent.js';

export interface ServeOptions {
  readonly explainers: readonly Explainer[];
  readonly models: ModelSource;
  /** Models held open at once. */
  readonly openModels: number;
}

interface Desk extends ServeOptions {
  readonly shelf: ModelShelf;
  readonly environment: RunEnvironment;
  tell(message: FromChild): void;
}

const progressPeriodMs = 100;

/** The whole life of a child process: says that it is ready, then answers orders until its channel closes. */
export function serveOrders(options: ServeOptions): void {
  const send = process.send?.bind(process);
  if (send === undefined) throw new Error('a runner child needs the channel of child_process.fork');
  volunteerForOomKill();
  watchParent(Number(process.argv[2]));
  const tell = (message: FromChild): void => void send(message);
  const desk: Desk = {
    ...options,
    shelf: new ModelShelf(options.models, options.openModels),
    environment: describeEnvironment(findProject().version, options.models.runtime),
    tell,
  };

  process.on('message', (order: Order) => {
    void answer(order, desk).then(
      (value) => tell({ kind: 'done', value, rssBytes: process.memoryUsage.rss() }),
      (error: unknown) => tell(fail(error)),
    );
  });
  process.on('disconnect', () => process.exit(0));
  process.on('uncaughtException', (error) => {
    // Something left the run's own chain of promises: what state it left behind is unknown.
    send(fail(error), undefined, undefined, () => process.exit(1));
  });
  // The parent decides when a child ends; Ctrl-C in a terminal reaches the whole group.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

  tell({ kind: 'ready' });
}

async function answer(order: Order, desk: Desk): Promise<Answers[Order['kind']]> {
  switch (order.kind) {
    case 'explain':
      return explain(order.order, desk);
    case 'plan': {
      const explainer = findExplainer(desk.explainers, order.order.method);
      const model = await desk.shelf.take(order.order.model);
      return explainer.plan(order.order.request, model.forRun(order.order.cache));
    }
    case 'probe':
      return desk.models.probe(order.order);
    case 'preload':
      await warmUp((await desk.shelf.take(order.model)).forRun('bypass'));
      return null;
  }
}

/** Models open their sessions with the first prediction. */
async function warmUp(model: Model): Promise<void> {
  if (model instanceof TextModel) await model.predict([model.encode('Good.').ids]);
  if (!(model instanceof TabularModel)) return;
  const { rows, columns, cells } = await model.background();
  if (rows > 0) await model.predict({ rows: 1, columns, cells: cells.subarray(0, columns) });
}

async function explain(order: ExplainOrder, desk: Desk): Promise<ExplainRun> {
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const peakRss = measurePeakRss();
  const explainer = findExplainer(desk.explainers, order.method);
  const opened = await desk.shelf.take(order.model);
  const output = await explainer.explain(order.request, {
    model: opened.forRun(order.cache),
    cancellation: parentGone,
    report: throttleProgress(
      (progress) => desk.tell({ kind: 'progress', progress }),
      progressPeriodMs,
      () => performance.now(),
    ),
  });
  const checked = checkOutput(explainer, output);
  const cpu = process.cpuUsage(cpuBefore);
  return {
    output: checked,
    wallMs: performance.now() - startedAt,
    modelMs: opened.modelMs,
    cpuMs: (cpu.user + cpu.system) / 1000,
    peakRssBytes: peakRss(),
    environment: desk.environment,
  };
}

/** A cancelled run is killed from outside; what is left to notice in here is that nobody waits any more. */
const parentGone: Cancellation = {
  get aborted() {
    return !process.connected;
  },
};

function findExplainer(explainers: readonly Explainer[], method: string): Explainer {
  const found = explainers.find((explainer) => explainer.method === method);
  if (found === undefined)
    throw new RunFailure({ code: 'METHOD_UNKNOWN', detail: `this worker has no method ${method}`, pointer: '/method' });
  return found;
}

const outOfMemory =
  /Failed to allocate memory|bad_alloc|bad allocation|Array buffer allocation failed|Invalid (?:typed )?array length|out of memory/i;

/** The codes whose details quote the runtime, which names files in its messages. */
const quotesRuntime = new Set<string>(['MODEL_RUN_FAILED', 'MODEL_FILE_INVALID', 'MODEL_UNSUPPORTED', 'TOKENIZER_INVALID']);

function fail(error: unknown): FromChild {
  return { kind: 'failed', failure: describeFailure(error), rssBytes: process.memoryUsage.rss() };
}

function describeFailure(error: unknown): ChildFailure {
  const known = error instanceof ExplainProblem || error instanceof RunFailure ? error : null;
  const message = known?.detail ?? (error instanceof Error ? error.message : String(error));
  if ((known === null || quotesRuntime.has(known.code)) && outOfMemory.test(message)) {
    return {
      code: 'RESOURCE_LIMIT',
      detail: `the run asked for more memory than it could get: ${scrub(message)}`,
      pointer: null,
      remedy: null,
      stack: null,
    };
  }
  if (known !== null) {
    const detail = quotesRuntime.has(known.code) ? scrub(known.detail) : known.detail;
    return { code: known.code, detail, pointer: known.pointer, remedy: known.remedy, stack: null };
  }
  const stack = error instanceof Error ? (error.stack ?? message) : message;
  return {
    code: 'INTERNAL',
    detail: 'the method stopped with a programming error; the log holds the stack',
    pointer: null,
    remedy: null,
    stack,
  };
}
