import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { explainers, TextModel } from '#explainers';
import { findAttention, readModelGraph } from '#graph';
import { OnnxModels, type OpenOnnxModel } from '#inference';
import { runExplainer } from '#testing';
import { silenceHead } from '../conformance/compare/silence-head.js';

const folder = join(new URL('../../', import.meta.url).pathname, 'models', 'sst2-minilm');
const text = 'A gripping, funny film that never quite lives up to its first hour.';
const tolerance = 2e-6;

let open: OpenOnnxModel;
let bytes: Uint8Array;

beforeAll(async () => {
  const models = new OnnxModels();
  const { description } = await models.probe({ folder, name: 'sst2-minilm', version: '1' });
  open = await models.open({ folder, description });
  bytes = await readFile(join(folder, 'model.onnx'));
});
afterAll(() => open.close());

function forRun(): TextModel {
  const model = open.forRun('bypass');
  if (model instanceof TextModel) return model;
  throw new Error('sst2-minilm is a text model');
}

function expectLogits(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  const size = Math.max(...Array.from(expected, Math.abs));
  expect(actual.length).toBe(expected.length);
  Array.from(expected).forEach((value, at) => expect(Math.abs((actual[at] ?? NaN) - value)).toBeLessThanOrEqual(tolerance * size));
}

/** Logits of one text from a model whose output projection has no weights for a head. */
async function predictWithout(ids: Int32Array, layer: number, head: number): Promise<readonly number[]> {
  const finding = findAttention(readModelGraph(bytes));
  const found = finding.found ? finding.layers[layer] : undefined;
  const edited = found?.heads == null ? null : silenceHead(bytes, { ...found, heads: found.heads }, head);
  if (edited === null) throw new Error(`no projection behind layer ${layer}`);
  const session = await InferenceSession.create(edited, { intraOpNumThreads: 1, logSeverityLevel: 4 });
  const integers = (values: ArrayLike<number>) => new Tensor('int64', BigInt64Array.from(Array.from(values), BigInt), [1, values.length]);
  const inputs = { input_ids: ids, attention_mask: ids.map(() => 1), token_type_ids: ids.map(() => 0) };
  const feeds = Object.fromEntries(session.inputNames.map((name) => [name, integers(inputs[name as keyof typeof inputs])]));
  const output = (await session.run(feeds))['logits'];
  await session.release();
  return Array.from(output?.data as Float32Array);
}

describe('gates on the heads of sst2-minilm', () => {
  it('are those of six layers of twelve', async () => {
    expect(await forRun().readHeads()).toEqual(Array.from({ length: 6 }, (_, layer) => ({ layer, heads: 12 })));
  });

  it('leave the answer as it is while they are open, however many share a run', async () => {
    const model = forRun();
    const { ids } = model.encode(text);
    const plain = await model.predict([ids]);
    const open = new Float64Array(72).fill(1);
    const half = open.map((_, at) => (at % 2 === 0 ? 1 : 0.5));
    const answers = await model.predictGated(ids, [...Array.from({ length: 40 }, () => open), half]);
    for (let row = 0; row < 40; row++) expectLogits(answers.subarray(2 * row, 2 * row + 2), plain);
    // The same bits alone and in company.
    expect(await model.predictGated(ids, [half])).toEqual(answers.subarray(80));
    expect(model.modelRows).toBe(1 + 41 + 1);
  });

  it.each([
    [0, 0],
    [1, 11],
    [2, 3],
    [3, 7],
    [4, 5],
    [5, 10],
  ])('silence a head: layer %d, head %d', async (layer, head) => {
    const model = forRun();
    const { ids } = model.encode(text);
    const closed = new Float64Array(72).fill(1).with(12 * layer + head, 0);
    const answer = await model.predictGated(ids, [closed]);
    expectLogits(answer, await predictWithout(ids, layer, head));
    const plain = await model.predict([ids]);
    expect(Math.abs((answer[1] ?? NaN) - (plain[1] ?? NaN))).toBeGreaterThan(1e-4);
  });

  it('make head-ablation: the drop of the score for each of 72 heads', async () => {
    const method = explainers.find((one) => one.method === 'head-ablation');
    if (method === undefined || method.reads === 'dataset') throw new Error('there is no such method');
    const model = forRun();
    const { output } = await runExplainer(method, model, { input: { text }, targets: [{ class: 'positive', space: 'logit' }] });
    expect(output).toMatchObject({ evaluations: 74, modelRows: 74 });
    expect(output.features).toHaveLength(72);
    const { ids } = model.encode(text);
    const [plain, without] = [await model.predict([ids]), await predictWithout(ids, 5, 10)];
    expect(output.attributions[0]?.[70]).toBeCloseTo((plain[1] ?? NaN) - (without[1] ?? NaN), 5);
    expect(output.targets[0]?.score).toBeCloseTo(plain[1] ?? NaN, 5);
  });
});

describe('scores of sst2-minilm', () => {
  it('give its probabilities by their softmax', async () => {
    const model = forRun();
    const { ids } = model.encode(text);
    const [plain, scored] = [await model.attend(ids), await model.attend(ids, 'score')];
    expect(plain.every((layer) => !('scores' in layer))).toBe(true);
    expect(scored).toHaveLength(6);
    for (const { scores, probabilities, keys } of scored) {
      expect(scores).toHaveLength(probabilities.length);
      for (let start = 0; start < probabilities.length; start += keys) {
        const powers = Array.from(scores?.subarray(start, start + keys) ?? [], Math.exp);
        const sum = powers.reduce((total, power) => total + power, 0);
        powers.forEach((power, key) => expect(Math.abs(power / sum - (probabilities[start + key] ?? NaN))).toBeLessThan(1e-5));
      }
    }
  });
});
