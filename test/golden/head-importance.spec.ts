import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { explainers, TextModel } from '#explainers';
import { OnnxModels, type OpenOnnxModel } from '#inference';
import { runExplainer } from '#testing';

const folder = join(new URL('../../', import.meta.url).pathname, 'models', 'sst2-minilm');
const text = 'A gripping, funny film that never quite lives up to its first hour.';
const heads = 72;
const tolerance = 2e-5;

let open: OpenOnnxModel;

beforeAll(async () => {
  const models = new OnnxModels();
  const { description } = await models.probe({ folder, name: 'sst2-minilm', version: '1' });
  open = await models.open({ folder, description });
});
afterAll(() => open.close());

async function explain(method: string, params: object) {
  const model = open.forRun('bypass');
  const explainer = explainers.find((one) => one.method === method);
  if (!(model instanceof TextModel) || explainer === undefined || explainer.reads === 'dataset') throw new Error(`no ${method} of a text`);
  const target = { class: 'positive', space: 'logit' } as const;
  const { output } = await runExplainer(explainer, model, { input: { text }, targets: [target], params });
  return output;
}

/** The score with one head's output times `value`, for every head. */
async function scoresAt(value: number): Promise<readonly number[]> {
  const sets = Array.from({ length: heads }, (_, at) => [{ layer: Math.floor(at / 12), head: at % 12, value }]);
  const { attributions, targets } = await explain('head-ablation', { sets });
  return (attributions[0] ?? []).map((drop) => (targets[0]?.score ?? NaN) - drop);
}

/** (score(1 + h) - score(1 - h)) / 2h, for every head: wrong by what grows as h². */
async function differences(h: number): Promise<readonly number[]> {
  const [above, below] = [await scoresAt(1 + h), await scoresAt(1 - h)];
  return above.map((score, at) => (score - (below[at] ?? NaN)) / (2 * h));
}

it('head-importance is the slope of the score along each gate, by differences of head-ablation', async () => {
  const [wide, narrow] = [await differences(0.2), await differences(0.1)];
  const { attributions } = await explain('head-importance', {});
  const [slopes = []] = attributions;
  expect(slopes).toHaveLength(heads);
  expect(narrow).toHaveLength(heads);
  // What grows as h² cancels; what is left is h⁴ and the rounding of float32 scores, some 1e-6, over h.
  const expected = narrow.map((slope, at) => (4 * slope - (wide[at] ?? NaN)) / 3);
  const errors = slopes.map((slope, at) => Math.abs(slope - (expected[at] ?? NaN)));
  expect(Math.max(...errors)).toBeLessThanOrEqual(tolerance);
  expect(Math.max(...slopes.map(Math.abs))).toBeGreaterThan(1000 * tolerance);
  // Wide differences alone miss: the tolerance sees errors of this size.
  expect(Math.max(...slopes.map((slope, at) => Math.abs(slope - (wide[at] ?? NaN))))).toBeGreaterThan(tolerance);
}, 120_000);
