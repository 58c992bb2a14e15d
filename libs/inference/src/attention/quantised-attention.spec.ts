import { afterAll, describe, expect, it } from '@jest/globals';
import { explainers, type ExplainInput, type LocalExplainer } from '#explainers';
import { dequantiseSqrt } from '#numeric';
import { OnnxModels } from '../onnx-models.js';

const models = new OnnxModels();
const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

const attention = explainers.find(({ method }) => method === 'attention') as LocalExplainer;

/** What is kept of the attention of a bundled model. */
async function explain(folderName: string, input: ExplainInput, given: Readonly<Record<string, unknown>>) {
  const folder = new URL(`../../../../models/${folderName}`, import.meta.url).pathname;
  const { description } = await models.probe({ folder, name: folderName, version: '1' });
  const opened = await models.open({ folder, description });
  closing.push(() => opened.close());
  const request = { input, targets: [{}], params: attention.params.parse(given), seed: 1 };
  const context = { model: opened.forRun('bypass'), cancellation: { aborted: false }, report: () => undefined };
  const { result, tensors } = await attention.explain(request, context);
  const [tensor] = tensors ?? [];
  if (tensor === undefined) throw new Error('no tensor');
  return { result: result as { readonly layers: readonly { readonly heads: readonly Readonly<Record<string, unknown>>[] }[] }, tensor };
}

const text = 'The film, however slow, was a quiet joy to watch.';
const prompt: ExplainInput = { prompt: 'Once upon a time', generate: { maxTokens: 6, sampling: 'greedy' } };
/** A long prompt is read in pieces. */
const long: ExplainInput = { prompt: 'Once upon a time. '.repeat(50), completion: ' There was a dog.' };

describe.each<[string, string, ExplainInput, Readonly<Record<string, unknown>>]>([
  ['a text', 'sst2-minilm', { text }, {}],
  ['chosen heads and queries of a text', 'sst2-minilm', { text }, { layers: [1, 4], heads: [0, 7], queries: [2, 9] }],
  ['a generation', 'stories260k', prompt, {}],
  ['a completion of a long prompt', 'stories260k', long, {}],
])('attention of %s, rounded by the graph', (_what, folder, input, params) => {
  it('is that of the exact one: the tensor within the stated error, summaries to the digits of float32', async () => {
    const exact = await explain(folder, input, { ...params, encoding: 'exact' });
    const rounded = await explain(folder, input, params);
    expect(rounded.tensor.shape).toEqual(exact.tensor.shape);
    expect(rounded.tensor.maxAbsError).toBeLessThan(0.004);
    const values = dequantiseSqrt(rounded.tensor.data as Uint8Array);
    const worst = values.reduce((most, value, at) => Math.max(most, Math.abs(value - (exact.tensor.data[at] ?? NaN))), 0);
    expect(worst).toBeLessThanOrEqual(rounded.tensor.maxAbsError);
    // The bound is not far from what is reached.
    expect(worst).toBeGreaterThan(rounded.tensor.maxAbsError / 4);
    const heads = rounded.result.layers.flatMap((layer) => layer.heads);
    expect(heads.length).toBeGreaterThan(3);
    exact.result.layers
      .flatMap((layer) => layer.heads)
      .forEach((head, at) => {
        for (const [name, value] of Object.entries(head))
          if (typeof value === 'number') expect(Math.abs(Number(heads[at]?.[name]) - value)).toBeLessThan(2e-5 * Math.max(1, value));
          else expect(heads[at]?.[name]).toBe(value);
      });
  });
});
