import {
  blameOf,
  ExplainProblem,
  TabularModel,
  TextModel,
  type Cancellation,
  type Explainer,
  type ExplainContext,
  type GlobalExplainer,
  type LocalExplainer,
  type Model,
  type Plan,
} from '#explainers';
import { findProject, scrub } from '#platform';
import { checkOutput } from './check-output.js';
import type { Answers, ChildFailure, FromChild, Order } from './messages.js';
import { ModelShelf } from './model-shelf.js';
import type { ModelSource } from './model-source.js';
import { measurePeakRss, volunteerForOomKill } from './own-memory.js';
import { describeEnvironment, type RunEnvironment } from './run-environment.js';
import { decodePartial, encodePartial } from './partial-bytes.js';
import { RunFailure } from './run-failure.js';
import type { ConcludeOrder, ExplainOrder, ExplainRun, MergeOrder, PartOrder, PartRun, PlanOrder, RunCosts } from './runner.js';
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
      (value) => tell({ kind: 'done', value, rssBytes: process.memoryUsage.rss(), ...desk.shelf.report() }),
      (error: unknown) => tell(fail(error, desk)),
    );
  });
  process.on('disconnect', () => process.exit(0));
  process.on('uncaughtException', (error) => {
    // Something left the run's own chain of promises: what state it left behind is unknown.
    send(fail(error, desk), undefined, undefined, () => process.exit(1));
  });
  // The parent decides when a child ends; Ctrl-C in a terminal reaches the whole group.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

  tell({ kind: 'ready' });
}

async function answer(order: Order, desk: Desk): Promise<Answers[Order['kind']]> {
  switch (order.kind) {
    case 'explain':
      return explain(order.order, desk);
    case 'plan':
      return plan(order.order, desk);
    case 'part':
      return explainPart(order.order, desk);
    case 'merge':
      return mergeParts(order.order, desk);
    case 'conclude':
      return concludeParts(order.order, desk);
    case 'probe':
      return desk.models.probe(order.order);
    case 'preload':
      await warmUp((await desk.shelf.take(order.model)).forRun('bypass'));
      return null;
  }
}

/** Models open their sessions with the first prediction. */
async function warmUp(model: Model): Promise<void> {
  if (model instanceof TextModel && model.outputs > 0) await model.predict([model.encode('Good.').ids]);
  if (!(model instanceof TabularModel)) return;
  const { rows, columns, cells } = await model.background();
  if (rows > 0) await model.predict({ rows: 1, columns, cells: cells.subarray(0, columns) });
}

async function plan(order: PlanOrder, desk: Desk): Promise<Plan> {
  const model = (await desk.shelf.take(order.model)).forRun(order.cache);
  if ('sample' in order) return findGlobal(desk.explainers, order.method).plan(order.request, model, order.sample);
  return findLocal(desk.explainers, order.method).plan(order.request, model);
}

async function explain(order: ExplainOrder, desk: Desk): Promise<ExplainRun> {
  const costs = measureCosts(desk);
  const explainer = findLocal(desk.explainers, order.method);
  const opened = await desk.shelf.take(order.model);
  const output = await explainer.explain(order.request, contextOf(opened.forRun(order.cache), desk));
  return { output: checkOutput(explainer, output), ...costs(opened.modelMs) };
}

async function explainPart(order: PartOrder, desk: Desk): Promise<PartRun> {
  const costs = measureCosts(desk);
  const explainer = findGlobal(desk.explainers, order.method);
  const opened = await desk.shelf.take(order.model);
  const model = opened.forRun(order.cache);
  const { document, numbers, evaluations } = await explainer.explainPart(order.request, order.part, order.rows, contextOf(model, desk));
  return { partial: encodePartial({ document, numbers }), evaluations, modelRows: model.modelRows, ...costs(opened.modelMs) };
}

function mergeParts({ method, request, model, before, parts }: MergeOrder, desk: Desk): Uint8Array {
  const explainer = findGlobal(desk.explainers, method);
  const start = before === null ? null : decodePartial(before);
  return encodePartial(explainer.merge(request, model.description, start, parts.map(decodePartial)));
}

function concludeParts(order: ConcludeOrder, desk: Desk): ExplainRun {
  const costs = measureCosts(desk);
  const explainer = findGlobal(desk.explainers, order.method);
  const output = explainer.conclude(order.request, order.model.description, decodePartial(order.merged), order.totals);
  return { output: checkOutput(explainer, output), ...costs(0) };
}

function contextOf(model: Model, desk: Desk): ExplainContext {
  const report = throttleProgress(
    (progress) => desk.tell({ kind: 'progress', progress }),
    progressPeriodMs,
    () => performance.now(),
  );
  return { model, cancellation: parentGone, report };
}

/** Starts to measure; the answer ends it. */
function measureCosts({ environment }: Desk): (modelMs: number) => RunCosts {
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const peakRss = measurePeakRss();
  return (modelMs) => {
    const cpu = process.cpuUsage(cpuBefore);
    return {
      wallMs: performance.now() - startedAt,
      modelMs,
      cpuMs: (cpu.user + cpu.system) / 1000,
      peakRssBytes: peakRss(),
      environment,
    };
  };
}

/** A cancelled run is killed from outside; what is left to notice in here is that nobody waits any more. */
const parentGone: Cancellation = {
  get aborted() {
    return !process.connected;
  },
};

function findLocal(explainers: readonly Explainer[], method: string): LocalExplainer {
  const found = findExplainer(explainers, method);
  if (found.reads === 'dataset') throw new RangeError(`${method} reads a data set, and the order has a row`);
  return found;
}

function findGlobal(explainers: readonly Explainer[], method: string): GlobalExplainer {
  const found = findExplainer(explainers, method);
  if (found.reads !== 'dataset') throw new RangeError(`${method} reads a row, and the order has a data set`);
  return found;
}

function findExplainer(explainers: readonly Explainer[], method: string): Explainer {
  const found = explainers.find((explainer) => explainer.method === method);
  if (found === undefined)
    throw new RunFailure({ code: 'METHOD_UNKNOWN', detail: `this worker has no method ${method}`, pointer: '/method' });
  return found;
}

const outOfMemory =
  /Failed to allocate memory|bad_alloc|bad allocation|Array buffer allocation failed|Invalid (?:typed )?array length|out of memory/i;

/** The codes whose details quote the runtime, which names files in its messages. */
const quotesRuntime = new Set<string>([
  'MODEL_RUN_FAILED',
  'MODEL_FILE_INVALID',
  'MODEL_UNSUPPORTED',
  'TOKENIZER_INVALID',
  'INVALID_PROTOBUF',
]);

function fail(error: unknown, { shelf }: Desk): FromChild {
  return { kind: 'failed', failure: describeFailure(error), rssBytes: process.memoryUsage.rss(), ...shelf.report() };
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
    const pointer = known instanceof ExplainProblem ? blameOf(known) : known.pointer;
    return { code: known.code, detail, pointer, remedy: known.remedy, stack: null };
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
