import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { rootPrincipal } from '#access';
import type { ModelDescription } from '#explainers';
import { ROOT_KEY, startDatabaseGateway, type DatabaseGateway } from '../../test/start-database-gateway.js';
import type { NewApiKeyAnswer } from './key-answers.js';
import type { QuotaAnswer } from './quota-answer.js';

const root: Record<string, string> = { authorization: `Bearer ${ROOT_KEY}` };
const job = { method: 'kernel-shap', model: { name: 'toy' }, input: { text: 'A film.' }, params: { budget: 60 } };

// Many transactions, on a machine that may be busy.
jest.setTimeout(60_000);

let gateway: DatabaseGateway;
beforeAll(async () => {
  gateway = await startDatabaseGateway({ VITRINE_RATE_LIMIT: '0' });
  for (const tenant of ['default', 'acme']) await addTenant(tenant);
}, 60_000);
afterAll(() => gateway.stop());

let acme: Record<string, string>;

async function addTenant(tenant: string): Promise<void> {
  const made = await gateway.call<NewApiKeyAnswer>({
    url: '/v1/api-keys',
    headers: root,
    body: { tenant, name: 'owner', scopes: ['read', 'explain', 'admin'] },
  });
  acme = { authorization: `Bearer ${made.body.secret}` };
  const version = { model: 'toy', version: '1', location: 'bundled:toy' as const, sha256: 'a'.repeat(64), files: [] };
  await gateway.core.models.addVersion(
    { ...rootPrincipal, tenant },
    { ...version, outcome: { state: 'ACTIVE', description, capabilities: {} } },
  );
}

const description: ModelDescription = {
  ...{ name: 'toy', version: '1', sha256: 'a'.repeat(64), task: 'text-classification', classes: ['a', 'b'], multiLabel: false },
  ...{
    output: { name: 'logits', kind: 'logits' },
    features: [],
    maxTokens: 128,
    maskToken: '[MASK]',
    backgroundRows: 0,
    batchInvariant: true,
  },
};

const read = async (headers: Record<string, string>) => (await gateway.call<QuotaAnswer>({ url: '/v1/quota', headers })).body;
const submit = (headers: Record<string, string>) => gateway.call<{ id: string }>({ url: '/v1/jobs', headers, body: job });
const set = (modelRowsPerDay: number | null, headers = root, tenant = 'acme') =>
  gateway.call<QuotaAnswer>({ method: 'PUT', url: '/v1/quota', headers, body: { tenant, modelRowsPerDay } });

describe('what a tenant uses', () => {
  it('is the model rows of its committed explanations, and of nobody else', async () => {
    const before = await read(root);
    for (let index = 0; index < 3; index += 1) expect((await submit(acme)).status).toBe(202);
    expect((await read(acme)).usedModelRows).toBe(0);
    await gateway.runJobs();
    expect(await read(acme)).toMatchObject({ tenant: 'acme', usedModelRows: 180, modelRowsPerDay: null, isOwn: false });
    expect(await read(root)).toEqual(before);
  });

  it('holds what failed and cancelled runs had reported, once', async () => {
    const before = (await read(acme)).usedModelRows;
    const { body } = await submit(acme);
    const claim = await gateway.core.jobs.claim(body.id, 'worker', 15, 3);
    if (claim === null) throw new Error('not claimed');
    await gateway.core.jobs.heartbeat(claim, { done: 25, total: 60, phase: 'evaluating' }, 15);
    expect((await gateway.call({ method: 'POST', url: `/v1/jobs/${body.id}/cancel`, headers: acme })).status).toBe(202);
    expect((await read(acme)).usedModelRows).toBe(before);
    const leaf = { record: { id: claim.jobId, event: 'cancel', subject: claim.jobId }, bytes: new Uint8Array(1) };
    expect(await gateway.core.jobs.commitEnd(claim, 'CANCELLED', null, leaf as never)).toBe(true);
    expect((await read(acme)).usedModelRows).toBe(before + 25);
  });

  it('adds up when many runs of one tenant are committed at once', async () => {
    const before = (await read(acme)).usedModelRows;
    for (let index = 0; index < 24; index += 1) await submit(acme);
    await gateway.runJobs();
    expect((await read(acme)).usedModelRows).toBe(before + 24 * 60);
  });
});

describe('a quota', () => {
  it('refuses new jobs once it is used up, until the next midnight of UTC, and no other tenant', async () => {
    const used = (await read(acme)).usedModelRows;
    expect((await set(used)).body).toMatchObject({ tenant: 'acme', modelRowsPerDay: used, isOwn: true, usedModelRows: used });
    const refused = await submit(acme);
    expect([refused.status, refused.body]).toEqual([429, expect.objectContaining({ code: 'QUOTA_EXCEEDED', retryable: true })]);
    const seconds = Number(refused.headers['retry-after']);
    expect(Math.abs(Date.now() + seconds * 1000 - new Date().setUTCHours(24, 0, 0, 0))).toBeLessThan(60_000);
    expect((await gateway.call({ url: '/v1/jobs', headers: acme })).status).toBe(200);
    expect((await submit(root)).status).toBe(202);
    await set(used + 1);
    expect((await submit(acme)).status).toBe(202);
    await set(null);
    expect(await read(acme)).toMatchObject({ modelRowsPerDay: null, isOwn: false });
  });

  it('is set by the root key alone, for tenants that exist', async () => {
    expect((await set(null, acme)).body).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    expect((await set(1, root, 'nobody')).body).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    for (const wrong of [-1, 1.5, '1', undefined]) expect((await set(wrong as number)).status).toBe(422);
  });

  it('leaves its mark in the audit log', async () => {
    await set(7);
    await gateway.raw.query('BEGIN');
    await gateway.raw.query(`SET LOCAL ROLE vitrine_app`);
    await gateway.raw.query(`SELECT set_config('vitrine.tenant', 'acme', true)`);
    const { rows } = await gateway.raw.query<{ record: string }>(
      `SELECT convert_from(record, 'UTF8') AS record FROM audit_leaf_pending WHERE event = 'quota.set' ORDER BY id DESC LIMIT 1`,
    );
    await gateway.raw.query('ROLLBACK');
    expect(JSON.parse(rows[0]?.record ?? '{}')).toMatchObject({ facts: { tenant: 'acme', modelRowsPerDay: 7 }, who: { actor: 'admin' } });
    await set(null);
  });
});
