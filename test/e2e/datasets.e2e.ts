import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Platform, root, type Json } from '../support/platform.js';

const MODEL = 'german-credit-logistic';
const file = join(root, 'models', MODEL, 'population.csv.gz');

let platform: Platform;
let rows: Record<string, string | number>[];
beforeAll(async () => {
  platform = await Platform.start();
  const [header = [], ...lines] = gunzipSync(await readFile(file))
    .toString('utf8')
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(',')); // this file quotes nothing
  rows = lines
    .map((cells) =>
      Object.fromEntries(header.map((name, index) => [name, cells[index] ?? ''] as const).filter(([name]) => name !== 'label')),
    )
    .map((row) => Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, /^[\d.]+$/.test(cell) ? Number(cell) : cell])));
}, 120_000);
afterAll(() => platform.stop(), 60_000);

async function upload(fields: Readonly<Record<string, string>>, part: string, bytes: Uint8Array): Promise<Json> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set(part, new Blob([new Uint8Array(bytes)]), part);
  const answer = await fetch(`${platform.url}/v1/datasets`, { method: 'POST', body: form });
  const body = (await answer.json()) as Json;
  if (answer.status !== 201) throw new Error(JSON.stringify(body));
  return body;
}

const explain = (method: string, params: Json, more: Json = {}) =>
  platform.explain({ method, model: { name: MODEL }, input: { features: rows[3] }, seed: 7, params, ...more });

describe('data sets', () => {
  it('come with the bundled models, once', async () => {
    const names = async () =>
      ((await platform.call('GET', '/v1/datasets')).json()['items'] as Json[]).map((one) => [
        one['name'],
        (one['versions'] as Json[]).length,
      ]);
    const before = await names();
    expect(before).toContainEqual([MODEL, 1]);
    await platform.end('SIGTERM');
    await platform.startApps();
    expect(await names()).toEqual(before);
  }, 120_000);

  it('have the hash of the bundled rows when these are uploaded', async () => {
    const bundled = ((await platform.call('GET', `/v1/datasets/${MODEL}`)).json()['versions'] as Json[])[0];
    const bytes = await readFile(file);
    const asCsv = await upload({ name: 'credit', model: MODEL, label: 'label' }, 'rows.csv.gz', bytes);
    const plain = await upload({ name: 'credit', model: MODEL, label: 'label' }, 'rows.csv', gunzipSync(bytes));
    expect([asCsv['sha256'], plain['sha256'], plain['version']]).toEqual([bundled?.['sha256'], bundled?.['sha256'], '2']);
  }, 60_000);

  it.each<[string, Json]>([
    ['exact-shap', {}],
    ['kernel-shap', { budget: 200 }],
    ['permutation-shap', {}],
    ['occlusion', {}],
    ['lime-tabular', { budget: 500 }],
  ])(
    'give %s, as a background, the same bits as the same rows in the request',
    async (method, params) => {
      const named = await explain(method, { ...params, background: { dataset: 'credit', version: '1', rows: rows.length } });
      const given = await explain(method, { ...params, background: { rows } });
      expect(named['attributions']).toEqual(given['attributions']);
      expect(named['targets']).toEqual(given['targets']);
      expect(named['baseline']).toMatchObject({
        background: { source: 'dataset', dataset: 'credit', version: '1', rows: rows.length, seed: 7 },
      });
    },
    120_000,
  );

  it('stay while explanations need them, unless it is forced', async () => {
    const refused = await platform.call('DELETE', '/v1/datasets/credit');
    expect([refused.status, refused.json()['code']]).toEqual([409, 'DATASET_IN_USE']);
    expect((await platform.call('DELETE', '/v1/datasets/credit?force=true')).json()).toMatchObject({ name: 'credit', forced: true });
    expect((await platform.call('GET', '/v1/datasets/credit')).status).toBe(404);
  }, 60_000);
});

describe('a stored baseline', () => {
  it('gives the same bits as its row in the request, and the result names it', async () => {
    const stored = await platform.call('POST', '/v1/baselines', { name: 'typical', model: MODEL, features: rows[0] });
    expect(stored.status).toBe(201);
    const named = await explain('kernel-shap', { budget: 200 }, { baseline: 'typical' });
    const given = await explain('kernel-shap', { budget: 200, masker: 'baseline-row', baseline: { features: rows[0] } });
    expect(named['attributions']).toEqual(given['attributions']);
    expect(named['baseline']).toMatchObject({ baseline: { stored: { name: 'typical', version: '1', sha256: stored.json()['sha256'] } } });
  }, 60_000);
});
