import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { Platform, type Json } from '../support/platform.js';

const review = {
  method: 'kernel-shap',
  model: { name: 'sst2-minilm' },
  input: { text: 'A gripping, funny film that never loses its heart.' },
  target: { class: 'positive', space: 'probability' },
  params: { players: 'words', budget: 200 },
  seed: 11,
  labels: { case: 'path-1' },
};

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
}, 120_000);
afterAll(async () => {
  await platform.stop();
}, 60_000);

const items = (page: Json): Json[] => page['items'] as Json[];

describe('the way of a job', () => {
  it('is accepted, polled, stored, and found again', async () => {
    const submitted = await platform.call('POST', '/v1/jobs', review);
    expect(submitted.status).toBe(202);
    const job = submitted.json();
    expect(submitted.headers.get('location')).toBe(`/v1/jobs/${String(job['id'])}`);
    expect(submitted.headers.get('retry-after')).not.toBeNull();
    const done = await platform.finished(String(job['id']));
    expect(done).toMatchObject({ state: 'SUCCEEDED', attempt: 1, progress: { unit: 'evaluations' } });

    const answer = await platform.call('GET', `/v1/explanations/${String(done['explanationId'])}`);
    const explanation = answer.json();
    expect(explanation).toMatchObject({
      method: 'kernel-shap',
      jobId: job['id'],
      seed: 11,
      labels: { case: 'path-1' },
      input: review.input,
      budget: 200,
      estimated: true,
    });
    expect(answer.headers.get('etag')).toBe(`"${String(explanation['resultHash'])}"`);
    const features = explanation['features'] as { text: string; span: [number, number] }[];
    for (const feature of features) expect(review.input.text.slice(...feature.span)).toBe(feature.text);
    const [target] = explanation['targets'] as { score: number; baseScore: number }[];
    const [attributions] = explanation['attributions'] as number[][];
    const sum = (attributions ?? []).reduce((total, one) => total + one, 0);
    expect(Math.abs((target?.score ?? NaN) - (target?.baseScore ?? NaN) - sum)).toBeLessThan(1e-9);

    const listed = await platform.call('GET', '/v1/explanations?label.case=path-1&method=kernel-shap&predictedClass=positive');
    expect(items(listed.json()).map((one) => one['id'])).toContain(explanation['id']);
    expect(items((await platform.call('GET', '/v1/explanations?label.case=nobody')).json())).toHaveLength(0);
    const jobs = await platform.call('GET', '/v1/jobs?state=SUCCEEDED&label.case=path-1');
    expect(items(jobs.json()).map((one) => one['id'])).toContain(job['id']);
  });

  it('stores canonical bytes that hash to the result hash', async () => {
    const explanation = await platform.explain(review);
    const canonical = await platform.call('GET', `/v1/explanations/${String(explanation['id'])}/canonical`);
    expect(createHash('sha256').update(canonical.text, 'utf8').digest('hex')).toBe(explanation['resultHash']);
  });

  it('gives the same bytes for the same seed, and others for another', async () => {
    const [first, second, other] = await Promise.all([
      platform.explain(review),
      platform.explain({ ...review, cache: 'bypass' }),
      platform.explain({ ...review, seed: 12 }),
    ]);
    expect(second['resultHash']).toBe(first['resultHash']);
    expect(other['resultHash']).not.toBe(first['resultHash']);
  });

  it('waits as long as the caller prefers', async () => {
    const answer = await platform.call('POST', '/v1/jobs', review, { prefer: 'wait=20' });
    expect(answer.status).toBe(201);
    expect(answer.json()).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('shows players and estimate without spending a budget', async () => {
    const before = items((await platform.call('GET', '/v1/jobs?pageSize=200')).json()).length;
    const answer = await platform.call('POST', '/v1/jobs', { ...review, validateOnly: true });
    expect(answer.status).toBe(200);
    const plan = answer.json();
    expect(plan).toMatchObject({ valid: true, estimatedEvaluations: 200 });
    expect(plan['features'] as unknown[]).toHaveLength(9);
    expect(items((await platform.call('GET', '/v1/jobs?pageSize=200')).json())).toHaveLength(before);
  });

  it('explains several targets from the same evaluations', async () => {
    const { target: _target, ...rest } = review;
    const explanation = await platform.explain({
      ...rest,
      targets: [{ class: 'positive' }, { class: 'negative' }, { contrast: ['positive', 'negative'], space: 'logit' }],
    });
    const attributions = explanation['attributions'] as number[][];
    expect(attributions).toHaveLength(3);
    attributions[0]?.forEach((value, index) => expect(value).toBeCloseTo(-(attributions[1]?.[index] ?? NaN), 9));
  });

  it('pages through the history, newest first, none twice and none left out', async () => {
    const all = items((await platform.call('GET', '/v1/explanations?pageSize=200')).json()).map((one) => String(one['id']));
    const seen: string[] = [];
    let path: string | null = '/v1/explanations?pageSize=2';
    while (path !== null) {
      const page = await platform.call('GET', path);
      seen.push(...items(page.json()).map((one) => String(one['id'])));
      const token = page.json()['nextPageToken'];
      expect(page.headers.get('link')?.includes('rel="next"') ?? false).toBe(typeof token === 'string');
      path = typeof token === 'string' ? `/v1/explanations?pageSize=2&pageToken=${encodeURIComponent(token)}` : null;
    }
    expect(seen).toEqual(all);
  });
});

describe('models', () => {
  it('are registered at start with version, alias, hash and capabilities', async () => {
    const models = items((await platform.call('GET', '/v1/models')).json());
    const names = models.map((model) => model['name']);
    expect(names).toEqual([
      'adult-lightgbm',
      'adult-mlp',
      'digits-resnet',
      'digits-vit',
      'german-credit-logistic',
      'sst2-minilm',
      'stories260k',
    ]);
    for (const model of models) {
      const version = (await platform.call('GET', `/v1/models/${String(model['name'])}/versions/1`)).json();
      expect(version).toMatchObject({ state: 'ACTIVE', version: '1' });
      expect(version['sha256']).toMatch(/^[0-9a-f]{64}$/);
      expect(model['aliases']).toEqual({ production: '1' });
    }
    const capabilities = async (name: string) => (await platform.call('GET', `/v1/models/${name}/versions/1/capabilities`)).json();
    expect(await capabilities('adult-lightgbm')).toMatchObject({ batchInvariant: true, attention: null, generation: null });
    expect(await capabilities('german-credit-logistic')).toMatchObject({ batchInvariant: false });
    expect(await capabilities('sst2-minilm')).toMatchObject({
      ...{ batchInvariant: true, attention: { layers: 6, heads: 12, kind: 'self' }, generation: null },
    });
    expect(await capabilities('stories260k')).toMatchObject({
      ...{ task: 'causal-lm', maxTokens: 512, batchInvariant: false },
      ...{ attention: { layers: 5, heads: 8, kind: 'causal-self' }, generation: { contextLength: 512, kvCache: true } },
    });
  });
});

describe('documentation', () => {
  it('is an OpenAPI 3.1 document of the routes that are built, one body per method', async () => {
    const document = (await platform.call('GET', '/openapi.json')).json();
    expect(document['openapi']).toMatch(/^3\.1/);
    const text = JSON.stringify(document);
    for (const method of ['exact-shap', 'kernel-shap', 'occlusion', 'lime-text', 'lime-tabular']) expect(text).toContain(`"${method}"`);
    expect(Object.keys(document['paths'] as object)).toEqual(
      expect.arrayContaining(['/v1/jobs', '/v1/jobs/{id}', '/v1/explanations/{id}', '/v1/models']),
    );
  });

  it('has a page for people, and one for the problem codes', async () => {
    for (const path of ['/docs', '/docs/problems']) {
      const page = await platform.call('GET', path, undefined, { accept: 'text/html' });
      expect(page.status).toBe(200);
      expect(page.headers.get('content-type')).toContain('text/html');
    }
  });

  it('answers health and readiness', async () => {
    expect((await platform.call('GET', '/healthz')).status).toBe(200);
    expect((await platform.call('GET', '/readyz')).status).toBe(200);
  });
});
