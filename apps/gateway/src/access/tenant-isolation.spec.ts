import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { rootPrincipal, type Principal } from '#access';
import { canonicalRow } from '#catalog';
import type { ModelDescription } from '#explainers';
import { ROOT_KEY, startDatabaseGateway, type DatabaseGateway } from '../../test/start-database-gateway.js';
import type { Answer, Call } from '../../test/send-request.js';
import { operations } from '../operations.js';
import type { Operation } from '../http/operation.js';
import type { NewApiKeyAnswer } from './key-answers.js';

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}`, 'x-request-id': 'same' });
const everyScope = ['read', 'explain', 'models', 'admin'];

// Every id is tried on every route.
jest.setTimeout(60_000);

let gateway: DatabaseGateway;
let acme: Record<string, string>;
let beta: Record<string, string>;
/** Every id and name that acme's rows have. */
let ids: readonly string[];
let names: readonly string[];

beforeAll(async () => {
  gateway = await startDatabaseGateway({ VITRINE_RATE_LIMIT: '0' });
  acme = bearer((await makeKey('acme', 'owner')).secret);
  beta = bearer((await makeKey('beta', 'owner')).secret);
  await seedTenant('acme', acme);
  await seedTenant('beta', beta);
  ids = await collect('acme', `data_type = 'uuid'`);
  names = await collect('acme', `data_type = 'text' AND column_name IN ('name', 'version', 'alias')`);
}, 120_000);
afterAll(() => gateway.stop());

async function makeKey(tenant: string, name: string): Promise<NewApiKeyAnswer> {
  const answer = await gateway.call<NewApiKeyAnswer>({
    url: '/v1/api-keys',
    headers: bearer(ROOT_KEY),
    body: { tenant, name, scopes: everyScope },
  });
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body;
}

const job = (tenant: string) => ({
  method: 'kernel-shap',
  model: { name: `${tenant}-model` },
  input: { text: `A film that ${tenant} saw.` },
  labels: { owner: tenant },
});

const batch = (tenant: string) => {
  const { input, ...shared } = job(tenant);
  return { ...shared, inputs: [input, 0] };
};

/** One of everything: who adds a kind of thing that has an id adds one here. */
async function seedTenant(tenant: string, headers: Record<string, string>): Promise<void> {
  const principal: Principal = { ...rootPrincipal, tenant, actor: 'owner' };
  await gateway.core.models.addVersion(principal, {
    ...{ model: `${tenant}-model`, version: `${tenant}-version`, location: `bundled:${tenant}`, sha256: 'a'.repeat(64) },
    files: [{ name: 'model.onnx', sha256: 'b'.repeat(64), size: 42 }],
    outcome: { state: 'ACTIVE', description: { ...described, name: `${tenant}-model`, version: `${tenant}-version` }, capabilities: {} },
  });
  await makeKey(tenant, 'spare');
  const rows = async function* () {
    await Promise.resolve();
    yield { rows: 1, bytes: Buffer.from(canonicalRow([tenant])) };
  };
  await gateway.core.datasets.add(
    principal,
    {
      ...{ name: `${tenant}-rows`, version: `${tenant}-first`, kind: 'text', labelColumn: null, modelName: null },
      columns: [{ name: 'text', kind: 'text' }],
      fileSha256: 'c'.repeat(64),
    },
    rows(),
  );
  await gateway.core.baselines.add(principal, {
    ...{ name: `${tenant}-baseline`, version: `${tenant}-one`, modelName: `${tenant}-model`, features: { owner: tenant } },
  });
  const make = async (call: Call) => {
    const answer = await gateway.call({ ...call, headers });
    if (answer.status >= 300) throw new Error(`${call.url}: ${answer.text}`);
  };
  await make({ url: '/v1/webhooks', body: { url: `https://${tenant}.example/` } });
  await make({ url: '/v1/jobs', body: job(tenant) });
  await make({ url: '/v1/batches', body: batch(tenant) });
  await gateway.runJobs();
}

const described: ModelDescription = {
  ...{ name: '', version: '', sha256: 'a'.repeat(64), task: 'text-classification', classes: ['negative', 'positive'], multiLabel: false },
  ...{
    output: { name: 'logits', kind: 'logits' },
    features: [],
    maxTokens: 128,
    maskToken: '[MASK]',
    backgroundRows: 0,
    batchInvariant: true,
  },
};

/** Distinct values of all columns of a tenant's rows that a condition on information_schema.columns picks. */
async function collect(tenant: string, condition: string): Promise<string[]> {
  const columns = await gateway.raw.query<{ table: string; column: string }>(`
    SELECT c.table_name AS table, c.column_name AS column FROM information_schema.columns c
    WHERE c.table_schema = 'public' AND ${condition} AND c.table_name <> 'audit_leaf_pending'
      AND EXISTS (SELECT FROM information_schema.columns t WHERE t.table_schema = 'public' AND t.table_name = c.table_name AND t.column_name = 'tenant_id')`);
  const found = new Set<string>();
  await gateway.raw.query('BEGIN');
  await gateway.raw.query(`SET LOCAL ROLE vitrine_app`);
  await gateway.raw.query(`SELECT set_config('vitrine.tenant', $1, true)`, [tenant]);
  for (const { table, column } of columns.rows) {
    const { rows } = await gateway.raw.query<{ value: string }>(
      `SELECT DISTINCT "${column}"::text AS value FROM "${table}" WHERE "${column}" IS NOT NULL`,
    );
    for (const row of rows) found.add(row.value);
  }
  await gateway.raw.query('ROLLBACK');
  return [...found].sort();
}

const ABSENT_ID = '0192f0c8-0000-7000-8000-000000000000';
const parametersOf = (operation: Operation) => [...operation.route.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '');
const withParameters = operations.filter((operation) => operation.scope !== null && parametersOf(operation).length > 0);

/** Bodies that are complete, by operation; an operation without a body needs none. */
const bodies: Readonly<Record<string, unknown>> = {
  submitJob: job('beta'),
  createWebhook: { url: 'https://beta.example/' },
  submitBatch: batch('beta'),
  createApiKey: { name: 'x', scopes: ['read'] },
  uploadVersion: '--b\r\ncontent-disposition: form-data; name="model.onnx"\r\n\r\nx\r\n--b--\r\n',
  setAlias: { version: 'acme-version' },
};

/** Every way to fill the parameters of a route: ids into `:id`, names into the others. */
function fillings(operation: Operation): Record<string, string>[] {
  return parametersOf(operation).reduce<Record<string, string>[]>(
    (all, parameter) => all.flatMap((one) => (parameter === 'id' ? ids : names).map((value) => ({ ...one, [parameter]: value }))),
    [{}],
  );
}

function callOf(operation: Operation, filling: Readonly<Record<string, string>>, headers: Record<string, string>): Call {
  const url = operation.route.replace(/:(\w+)/g, (_match, parameter: string) => encodeURIComponent(filling[parameter] ?? ''));
  const body = bodies[operation.id];
  const type = typeof body === 'string' ? { 'content-type': 'multipart/form-data; boundary=b' } : {};
  return { method: operation.method, url, headers: { ...headers, ...type }, ...(body === undefined ? {} : { body }) };
}

/** An answer without what the caller wrote into the address. */
function masked(answer: Answer, filling: Readonly<Record<string, string>>): string {
  const text = Object.values(filling).reduce((all, value) => all.replaceAll(value, '…'), answer.text);
  return `${answer.status} ${text}`;
}

describe('what belongs to another tenant', () => {
  it.each(withParameters.map((operation) => [operation.id, operation] as const))(
    'answers %s like what does not exist',
    async (_id, operation) => {
      const absent = Object.fromEntries(
        parametersOf(operation).map((parameter) => [parameter, parameter === 'id' ? ABSENT_ID : 'absent-name']),
      );
      const expected = masked(await gateway.call(callOf(operation, absent, beta)), absent);
      expect(expected).toMatch(/^4\d\d /);
      for (const filling of fillings(operation)) {
        const answer = await gateway.call(callOf(operation, filling, beta));
        expect([filling, masked(answer, filling)]).toEqual([filling, expected]);
      }
    },
  );

  it.each(
    operations
      .filter((one) => one.scope !== null && one.method === 'GET' && parametersOf(one).length === 0)
      .map((one) => [one.id, one] as const),
  )('is not in the list of %s', async (_id, operation) => {
    const { text } = await gateway.call({ url: operation.route, headers: beta });
    expect(text).not.toContain('acme');
    for (const id of ids) expect(text).not.toContain(id);
  });

  it('is not named inside a body', async () => {
    const refuse = async (model: string) =>
      masked(await gateway.call({ url: '/v1/jobs', headers: beta, body: { ...job('beta'), model: { name: model } } }), { model });
    expect(await refuse('acme-model')).toBe(await refuse('absent-name'));
    expect(await refuse('acme-model')).toMatch(/^422 .*MODEL_UNKNOWN.*beta-model/);
  });

  it('does not open with a page token of another tenant', async () => {
    for (const tenant of [acme, beta])
      await gateway.call({ url: '/v1/jobs', headers: tenant, body: job(tenant === acme ? 'acme' : 'beta') });
    const page = await gateway.call<{ nextPageToken: string }>({ url: '/v1/jobs?pageSize=1', headers: acme });
    const url = `/v1/jobs?pageSize=1&pageToken=${page.body.nextPageToken}`;
    expect((await gateway.call({ url, headers: acme })).status).toBe(200);
    expect((await gateway.call({ url, headers: beta })).status).toBe(400);
    await gateway.runJobs();
  });

  // Last, because it revokes and deletes: the emptiness above means something only where the owner is answered.
  it.each(
    (['GET', 'POST', 'PUT', 'DELETE'] as const)
      .flatMap((method) => withParameters.filter((one) => one.method === method))
      .map((operation) => [operation.id, operation] as const),
  )('is answered to its owner by %s', async (_id, operation) => {
    const own = await gateway.core.apiKeys.list('acme', null, 100);
    const inUse = own.filter((key) => key.name === 'owner').map((key) => key.id);
    const statuses: number[] = [];
    for (const filling of fillings(operation).filter((one) => !inUse.includes(one['id'] ?? ''))) {
      const { status, body } = await gateway.call<{ detail?: string } | undefined>(callOf(operation, filling, acme));
      // The owner of an explanation is told that there is no such part; others are told that there is no explanation.
      statuses.push(status === 404 && (body?.detail ?? '').includes('keeps no attention') ? 200 : status);
      if (![400, 404, 415, 422].includes(statuses.at(-1) ?? 0)) break;
    }
    expect(statuses.at(-1)).not.toBe(401);
    expect(statuses.filter((status) => ![400, 404, 415, 422].includes(status))).toHaveLength(1);
  });
});

describe('members that a client may not set', () => {
  const withBody = operations.filter((one) => one.body !== undefined && (typeof one.body === 'string' || 'schema' in one.body));
  const forbidden = { tenantId: 'acme', tenant_id: 'acme', state: 'SUCCEEDED', role: 'admin', createdBy: 'acme' };

  it.each(withBody.map((operation) => [operation.id, operation] as const))('are refused by %s, by name', async (_id, operation) => {
    const body = { ...(bodies[operation.id] as object | undefined), ...forbidden };
    const filling = Object.fromEntries(
      parametersOf(operation).map((parameter) => [parameter, parameter === 'id' ? ABSENT_ID : 'absent-name']),
    );
    const answer = await gateway.call<{ errors: { pointer: string; code: string }[] }>({ ...callOf(operation, filling, beta), body });
    expect(answer.status).toBe(422);
    for (const name of Object.keys(forbidden))
      expect(answer.body.errors).toContainEqual(expect.objectContaining({ pointer: `/${name}`, code: 'FIELD_UNKNOWN' }));
  });
});

describe('rows of the keys', () => {
  it('hold no secret, and their leaves were written with them', async () => {
    const made = await makeKey('acme', 'leaf');
    const revoked = await gateway.call({ method: 'DELETE', url: `/v1/api-keys/${made.id}`, headers: acme });
    expect(revoked.status).toBe(204);
    await gateway.raw.query('BEGIN');
    await gateway.raw.query(`SET LOCAL ROLE vitrine_app`);
    await gateway.raw.query(`SELECT set_config('vitrine.tenant', 'acme', true)`);
    const row = await gateway.raw.query<{ text: string; hash: string }>(
      `SELECT k::text AS text, encode(secret_sha256, 'hex') AS hash FROM api_key k WHERE id = $1`,
      [made.id],
    );
    const leaves = await gateway.raw.query<{ event: string; record: string; actor: string }>(
      `SELECT event, convert_from(record, 'UTF8') AS record, actor FROM audit_leaf_pending WHERE subject_id = $1 ORDER BY id`,
      [made.id],
    );
    await gateway.raw.query('ROLLBACK');
    expect(row.rows[0]?.text).not.toContain(made.secret);
    expect(leaves.rows.map((leaf) => [leaf.event, leaf.actor])).toEqual([
      ['key.create', 'admin'],
      ['key.revoke', 'owner'],
    ]);
    for (const leaf of leaves.rows) expect(leaf.record).not.toContain(made.secret);
    expect(JSON.parse(leaves.rows[1]?.record ?? '{}')).toMatchObject({
      who: { actor: 'owner', authMethod: 'api-key', keyId: expect.any(String) },
    });
    expect((await gateway.core.apiKeys.list('acme', null, 10)).find((key) => key.id === made.id)?.revokedAt).toBeInstanceOf(Date);
  });

  it('know when they were last used', async () => {
    const made = await makeKey('acme', 'used');
    await gateway.call({ url: '/v1/jobs', headers: bearer(made.secret) });
    for (;;) {
      const key = (await gateway.core.apiKeys.list('acme', null, 10)).find((one) => one.id === made.id);
      if (key?.lastUsedAt != null) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
});
