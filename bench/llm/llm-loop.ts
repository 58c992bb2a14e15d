import { explainers, LanguageModel, type ModelDescription } from '#explainers';
import { OnnxModels } from '#inference';
import type { LlmAnswer, LlmMeasurement, LlmOrder, LlmWork } from './order.js';
import { PlainDecoder } from './plain-decoder.js';

/** A process that does one of these things and nothing else: probe a model, generate with it, generate and explain. */
async function carryOut(order: LlmOrder): Promise<LlmAnswer> {
  if (order.kind === 'probe') return probe(order.folder);
  return order.kind === 'plain' ? generate(order) : explain(order);
}

async function probe(folder: string): Promise<LlmAnswer> {
  const startedAt = performance.now();
  const { description } = await new OnnxModels().probe({ folder, name: 'bench', version: '1' });
  return { kind: 'probed', description, seconds: (performance.now() - startedAt) / 1000 };
}

interface Order {
  readonly folder: string;
  readonly description: ModelDescription;
  readonly work: LlmWork;
}

/** The forward passes alone: the prompt in the pieces in which it is explained, and greedy steps, logits of the last token only. */
async function generate({ folder, description, work }: Order): Promise<LlmMeasurement> {
  const { model, close } = await open(folder, description);
  const { ids: prompt } = model.encode(work.prompt);
  if (prompt.length !== work.tokens) throw new Error(`the prompt has ${prompt.length} tokens`);
  const { atOnce } = model.begin(null);
  await close();
  const decoder = await PlainDecoder.open(folder);
  await decoder.read(prompt.subarray(0, 1));
  decoder.forget();
  const ids: number[] = [];
  const startedAt = performance.now();
  let next = 0;
  for (let from = 0; from < prompt.length; from += atOnce) next = await decoder.read(prompt.subarray(from, from + atOnce));
  ids.push(next);
  while (ids.length < work.generated) ids.push((next = await decoder.read(Int32Array.of(next))));
  return measured(startedAt, ids, 0);
}

/** The whole method: passes, proof, summaries, quantising. */
async function explain({ folder, description, work }: Order): Promise<LlmMeasurement> {
  const { model } = await open(folder, description);
  const explainer = explainers.find(({ method }) => method === 'attention');
  if (explainer === undefined || explainer.reads === 'dataset') throw new Error('there is no method attention');
  const attention = explainer;
  const run = (prompt: string, maxTokens: number) => {
    const input = { prompt, generate: { maxTokens, sampling: 'greedy' as const } };
    const request = { input, targets: [{}], params: attention.params.parse({}), seed: 1 };
    return attention.explain(request, { model, cancellation: { aborted: false }, report: () => undefined });
  };
  await run('a', 1);
  const startedAt = performance.now();
  const { tensors, result } = await run(work.prompt, work.generated);
  const generated = (result as { readonly generated?: readonly { readonly tokenId: number }[] }).generated ?? [];
  return measured(
    startedAt,
    generated.map(({ tokenId }) => tokenId),
    tensors?.[0]?.data.length ?? 0,
  );
}

function measured(startedAt: number, ids: readonly number[], weights: number): LlmMeasurement {
  const seconds = (performance.now() - startedAt) / 1000;
  return { kind: 'measured', seconds, peakBytes: process.resourceUsage().maxRSS * 1024, ids, weights };
}

async function open(folder: string, description: ModelDescription) {
  const opened = await new OnnxModels().open({ folder, description });
  const model = opened.forRun('bypass');
  if (!(model instanceof LanguageModel)) throw new Error('the model reads no prompt');
  return { model, close: () => opened.close() };
}

process.once('message', (order: LlmOrder) => {
  carryOut(order).then(
    (answer) => process.send?.(answer, () => process.exit(0)),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
