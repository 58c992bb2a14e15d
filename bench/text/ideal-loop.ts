import { explainers, TextModel } from '#explainers';
import { OnnxModels } from '#inference';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { IdealAnswer, IdealOrder } from './ideal-process.js';
import { recordRows } from './rows.js';

/**
 * The least that the rows of an explanation can cost on one core: a process that does nothing but run them, one thread, rows
 * of one length together, feeds made beforehand, in the batch size that was quickest.
 */
const CANDIDATES = [1, 2, 4, 6, 8, 12, 16, 32];
const NAMES = ['input_ids', 'attention_mask', 'token_type_ids'];

type Feeds = Readonly<Record<string, Tensor>>;

let session: InferenceSession | null = null;
let rows: readonly Int32Array[] = [];
let batchSize = 1;
let batches: readonly Feeds[] = [];

async function obey(order: IdealOrder): Promise<IdealAnswer> {
  switch (order.kind) {
    case 'record': {
      const models = new OnnxModels();
      const { description } = await models.probe({ folder: order.folder, name: 'bench', version: '1' });
      const open = await models.open({ folder: order.folder, description });
      const explainer = explainers.find(({ method }) => method === order.method);
      if (explainer === undefined || explainer.reads === 'dataset') throw new Error(`there is no method ${order.method}`);
      const recorded: (readonly Int32Array[])[] = [];
      for (const job of order.jobs) {
        const model = open.forRun('bypass');
        if (!(model instanceof TextModel)) throw new Error('the model reads no text');
        recorded.push(await recordRows(explainer, model, job));
      }
      await open.close();
      return { kind: 'recorded', rows: recorded };
    }
    case 'load': {
      session = await InferenceSession.create(join(order.folder, 'model.onnx'), {
        executionProviders: ['cpu'],
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        logSeverityLevel: 4,
      });
      rows = order.rows;
      batchSize = order.batchSize ?? (await chooseBatchSize());
      batches = batchRows(batchSize);
      await run();
      return { kind: 'loaded', batchSize };
    }
    case 'run':
      return { kind: 'ran', milliseconds: await run() };
  }
}

async function chooseBatchSize(): Promise<number> {
  let best = { size: 1, milliseconds: Infinity };
  for (const size of CANDIDATES) {
    batches = batchRows(size);
    await run();
    const milliseconds = Math.min(await run(), await run());
    if (milliseconds < best.milliseconds) best = { size, milliseconds };
  }
  return best.size;
}

async function run(): Promise<number> {
  if (session === null) throw new Error('no model is open');
  const [output] = session.outputNames;
  if (output === undefined) throw new Error('the model has no output');
  const startedAt = performance.now();
  for (const feeds of batches) await session.run(feeds, [output]);
  return performance.now() - startedAt;
}

function batchRows(size: number): readonly Feeds[] {
  const byLength = new Map<number, Int32Array[]>();
  for (const row of rows) byLength.set(row.length, [...(byLength.get(row.length) ?? []), row]);
  const made: Feeds[] = [];
  for (const [tokens, group] of byLength)
    for (let from = 0; from < group.length; from += size) made.push(feed(group.slice(from, from + size), tokens));
  return made;
}

function feed(group: readonly Int32Array[], tokens: number): Feeds {
  const shape = [group.length, tokens];
  const values = [
    group.flatMap((row) => [...row].map(BigInt)),
    Array<bigint>(group.length * tokens).fill(1n),
    Array<bigint>(group.length * tokens).fill(0n),
  ];
  const wanted = session?.inputNames ?? [];
  return Object.fromEntries(
    NAMES.flatMap((name, at) => (wanted.includes(name) ? [[name, new Tensor('int64', BigInt64Array.from(values[at] ?? []), shape)]] : [])),
  );
}

process.on('message', (order: IdealOrder) => {
  obey(order).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ kind: 'failed', message: String(error) } satisfies IdealAnswer),
  );
});
process.on('disconnect', () => process.exit(0));
