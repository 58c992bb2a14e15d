import { explainers, LanguageModel, TextModel, type Explainer, type ExplainerOutput, type LocalExplainer, type Model } from '#explainers';
import { packTensor } from '#history';
import { OnnxModels } from '#inference';
import type { AttentionAnswer, AttentionOrder } from './attention-process.js';

/** A process that does nothing but run a model, with and without its attention: one thread, in turns, so that both meet the same machine. */
const ROUNDS = 15;
const WORDS = 'a slow and strangely tender film about loss and the sea that takes its time'.split(' ');

interface Run {
  /** One pass of the graph that only predicts. */
  readonly forward: () => Promise<unknown>;
  /** The whole method: the pass, the proof, the summaries, the tensor. */
  readonly explain: () => Promise<ExplainerOutput>;
}

async function measure({ folder, tokens }: AttentionOrder): Promise<AttentionAnswer> {
  const models = new OnnxModels();
  const { description } = await models.probe({ folder, name: 'bench', version: '1' });
  const open = await models.open({ folder, description });
  const run = prepare(open.forRun('bypass'), tokens);
  const forward: number[] = [];
  const explained: number[] = [];
  const output = await run.explain();
  await run.forward();
  for (let round = 0; round < ROUNDS; round++) {
    forward.push(await time(run.forward));
    explained.push(await time(run.explain));
  }
  const data = output.tensors?.[0]?.data ?? new Uint8Array();
  const { bytes } = await packTensor(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  await open.close();
  return { forward, explained, bytesPerWeight: bytes.byteLength / data.length };
}

function prepare(model: Model, tokens: number): Run {
  const words = Array.from({ length: 3 * tokens }, (_, at) => WORDS[at % WORDS.length] ?? '');
  const fits = (count: number) => words.slice(0, count).join(' ');
  const explainer = findAttention();
  const explain = (input: unknown) => async () => {
    const request = { input: input as { readonly text: string }, targets: [{}], params: explainer.params.parse({}), seed: 1 };
    return explainer.explain(request, { model, cancellation: { aborted: false }, report: () => undefined });
  };
  if (model instanceof TextModel) {
    const text = fits(countFitting(words.length, tokens, (count) => model.encode(fits(count)).ids.length));
    const { ids } = model.encode(text);
    return { forward: () => model.predict([ids]), explain: explain({ text }) };
  }
  if (!(model instanceof LanguageModel)) throw new Error('the model reads no text');
  const prompt = fits(countFitting(words.length, tokens, (count) => model.encode(fits(count)).ids.length));
  const { ids } = model.encode(prompt);
  const generate = { maxTokens: 1, sampling: 'greedy' };
  return { forward: () => model.begin(null).read(ids, 1, false), explain: explain({ prompt, generate }) };
}

/** The most words that have no more tokens than this. */
function countFitting(most: number, tokens: number, measureWords: (count: number) => number): number {
  let count = most;
  while (count > 1 && measureWords(count) > tokens) count--;
  return count;
}

function findAttention(): LocalExplainer {
  const found: Explainer | undefined = explainers.find(({ method }) => method === 'attention');
  if (found === undefined || found.reads === 'dataset') throw new Error('there is no method attention');
  return found;
}

async function time(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return performance.now() - startedAt;
}

process.once('message', (order: AttentionOrder) => {
  measure(order).then(
    (answer) => process.send?.(answer, () => process.exit(0)),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
