import { explainers, TextModel, type DifferentiableInput, type LocalExplainer, type Model, type ModelDescription } from '#explainers';
import { OnnxModels } from '#inference';
import type { GradientAnswer, GradientOrder } from './gradient-order.js';
import { openSubject, type BenchSubject } from './open-subject.js';
import { PlainBatches } from './plain-batches.js';

/** A process that does nothing but run one model forward, and forward and back: one thread, in turns. */
const MEMORY_PASSES = 5;

interface Opened {
  readonly model: Model;
  readonly folder: string;
  readonly subject: BenchSubject;
  readonly point: DifferentiableInput;
}

let opened: Opened | null = null;
let batches: PlainBatches | null = null;

async function obey(order: GradientOrder): Promise<GradientAnswer> {
  switch (order.kind) {
    case 'probe': {
      const { description } = await new OnnxModels().probe({ folder: order.folder, name: 'bench', version: '1' });
      return { kind: 'probed', description };
    }
    case 'open': {
      const model = await open(order.folder, order.description);
      const subject = await openSubject(model, order.folder, order.tokens);
      opened = { model, folder: order.folder, subject, point: await subject.differentiate() };
      await opened.point.evaluate([opened.point.values], subject.target);
      const outputs = await subject.predict();
      const plain = model instanceof TextModel && outputs instanceof Float64Array;
      return { kind: 'opened', ids: plain ? [...subject.ids] : [], outputs: plain ? [...outputs] : [] };
    }
    case 'passes':
      return pass(expectOpen(), order.rounds);
    case 'path':
      return walk(expectOpen(), order.steps);
    case 'memory': {
      const subject = await openSubject(await open(order.folder, order.description), order.folder, order.tokens);
      const point = order.gradients ? await subject.differentiate() : null;
      for (let at = 0; at < MEMORY_PASSES; at++)
        await (point === null ? subject.predict() : point.evaluate([point.values], subject.target));
      return { kind: 'peaked', bytes: process.resourceUsage().maxRSS * 1024 };
    }
  }
}

async function open(folder: string, description: ModelDescription): Promise<Model> {
  return (await new OnnxModels().open({ folder, description })).forRun('bypass');
}

function expectOpen(): Opened {
  if (opened === null) throw new Error('no model is open');
  return opened;
}

async function pass({ subject, point }: Opened, rounds: number): Promise<GradientAnswer> {
  const forward: number[] = [];
  const both: number[] = [];
  for (let round = 0; round < rounds; round++) {
    forward.push(await time(subject.predict));
    both.push(await time(() => point.evaluate([point.values], subject.target)));
  }
  return { kind: 'passed', forward, both };
}

async function walk({ model, folder, subject }: Opened, steps: number): Promise<GradientAnswer> {
  batches ??= await PlainBatches.open(folder, subject.ids);
  const explainer = findPath();
  const parsed = explainer.params.parse({ steps, maxSteps: steps });
  const params = explainer.complete?.(parsed, model.description) ?? parsed;
  const request = { input: subject.input as { readonly text: string }, targets: [{}], params, seed: 1 };
  const rowsBefore = model.modelRows;
  const plain = await batches.run();
  const explained = await time(() => explainer.explain(request, { model, cancellation: { aborted: false }, report: () => undefined }));
  return { kind: 'walked', batches: plain, explained, modelRows: model.modelRows - rowsBefore };
}

function findPath(): LocalExplainer {
  const found = explainers.find(({ method }) => method === 'integrated-gradients');
  if (found === undefined || found.reads === 'dataset') throw new Error('there is no method integrated-gradients');
  return found;
}

async function time(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return performance.now() - startedAt;
}

process.on('message', (order: GradientOrder) => {
  obey(order).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit(0));
