import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { scopes, type Scope } from '#access';
import { goodJob, startTestGateway, type TestGateway } from '../../test/start-test-gateway.js';
import { operations } from '../operations.js';
import type { ApiKeyAnswer, NewApiKeyAnswer } from './key-answers.js';

const ROOT = 'a-root-key-of-sixteen-or-more';
const KEYS = '/v1/api-keys';
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
const root = bearer(ROOT);
const route = (pattern: string) => pattern.replace(/:\w+/g, '0192f0c8-0000-7000-8000-000000000000');

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ environment: { VITRINE_ADMIN_KEY: ROOT } });
});
afterAll(() => gateway.app.close());

async function makeKey(body: Readonly<Record<string, unknown>> = {}, headers = root): Promise<NewApiKeyAnswer> {
  const answer = await gateway.call<NewApiKeyAnswer>({ url: KEYS, headers, body: { name: 'ci', scopes: ['read'], ...body } });
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body;
}

const listKeys = async (headers: Record<string, string>, query = '') =>
  (await gateway.call<{ items: ApiKeyAnswer[] }>({ url: KEYS + query, headers })).body.items;

describe('an API key', () => {
  it('shows its secret once and acts under its own name', async () => {
    const { secret, ...shown } = await makeKey({ name: 'nightly run', scopes: ['read', 'explain'] });
    expect(shown).toMatchObject({ tenant: 'default', actor: 'nightly run', createdBy: 'admin', expiresAt: null, revokedAt: null });
    const listed = await gateway.call({ url: KEYS, headers: root });
    expect(listed.body).toMatchObject({ items: expect.arrayContaining([expect.objectContaining({ id: shown.id, prefix: shown.prefix })]) });
    expect(listed.text).not.toContain(secret);
    expect(gateway.lines.join()).not.toContain(secret);
    const job = await gateway.call<{ actor: string }>({ url: '/v1/jobs', headers: bearer(secret), body: goodJob });
    expect([job.status, job.body.actor]).toEqual([202, 'nightly run']);
    expect(gateway.database.leaves.at(-1)?.record.who).toMatchObject({
      actor: 'nightly run',
      actorType: 'key',
      authMethod: 'api-key',
      keyId: shown.id,
    });
    expect(gateway.database.leaves.find((leaf) => leaf.record.subject === shown.id)?.record.event).toBe('key.create');
  });

  it('opens nothing once revoked or expired, with the answer an unknown one gets', async () => {
    const revoked = await makeKey();
    const expired = await makeKey({ expiresAt: new Date(gateway.database.now() + 60_000).toISOString() });
    const use = (secret: string) => gateway.refuse({ url: '/v1/jobs', headers: { ...bearer(secret), 'x-request-id': 'same' } });
    expect([(await use(revoked.secret)).status, (await use(expired.secret)).status]).toEqual([200, 200]);
    const revoke = () => gateway.call({ method: 'DELETE', url: `${KEYS}/${revoked.id}`, headers: root });
    expect([(await revoke()).status, (await revoke()).status]).toEqual([204, 204]);
    gateway.database.aheadMs = 60_000;
    const unknown = await use(`vtr_${'A'.repeat(43)}`);
    expect([unknown.status, unknown.body.code]).toEqual([401, 'UNAUTHENTICATED']);
    for (const { secret } of [revoked, expired]) expect((await use(secret)).text).toBe(unknown.text);
    const leaves = gateway.database.leaves.filter((leaf) => leaf.record.subject === revoked.id).map((leaf) => leaf.record.event);
    expect(leaves).toEqual(['key.create', 'key.revoke']);
    expect((await listKeys(root)).find((key) => key.id === revoked.id)?.revokedAt).not.toBeNull();
  });

  it('is not read from the query', async () => {
    const { secret } = await makeKey();
    for (const name of ['key', 'apiKey', 'api_key', 'access_token', 'token', 'authorization']) {
      expect((await gateway.call({ url: `/v1/jobs?${name}=${secret}` })).status).toBe(401);
      expect((await gateway.call({ url: `/v1/jobs?${name}=${secret}`, headers: bearer(secret) })).status).toBe(400);
    }
    expect(gateway.lines.join()).not.toContain(secret);
  });

  it.each(['none', 'HS256', 'RS256'])('is not a JSON web token with alg %s', async (alg) => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg, typ: 'JWT', kid: '../../etc/passwd' })}.${part({ sub: 'admin', aud: 'vitrine' })}.x`;
    expect((await gateway.call({ url: '/v1/jobs', headers: bearer(token) })).status).toBe(401);
  });

  it('gives away neither scopes it lacks nor another tenant', async () => {
    const admin = bearer((await makeKey({ scopes: ['read', 'admin'] })).secret);
    const refuse = (body: unknown) => gateway.refuse({ url: KEYS, headers: admin, body });
    expect((await refuse({ name: 'x', scopes: ['explain'] })).body).toMatchObject({
      status: 403,
      code: 'FORBIDDEN',
      detail: expect.stringContaining('explain'),
    });
    expect((await refuse({ name: 'x', scopes: ['read'], tenant: 'acme' })).body).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    expect((await makeKey({ tenant: 'default' }, admin)).createdBy).toBe('ci');
    for (const query of ['?tenant=acme']) expect((await gateway.refuse({ url: KEYS + query, headers: admin })).body.code).toBe('FORBIDDEN');
  });

  it('belongs to its tenant: the root key alone reaches across', async () => {
    const theirs = await makeKey({ tenant: 'acme', scopes: ['read', 'admin'] });
    expect(theirs.tenant).toBe('acme');
    expect((await listKeys(bearer(theirs.secret))).map((key) => key.id)).toEqual([theirs.id]);
    expect((await listKeys(root)).map((key) => key.id)).not.toContain(theirs.id);
    expect((await listKeys(root, '?tenant=acme')).map((key) => key.id)).toEqual([theirs.id]);
    expect((await gateway.call({ method: 'DELETE', url: `${KEYS}/${theirs.id}`, headers: root })).status).toBe(404);
    expect((await gateway.call({ method: 'DELETE', url: `${KEYS}/${theirs.id}?tenant=acme`, headers: root })).status).toBe(204);
  });

  it.each([
    [{ name: '', scopes: ['read'] }, '/name'],
    [{ name: 'a\nb', scopes: ['read'] }, '/name'],
    [{ name: 'admin', scopes: ['read'] }, '/name'],
    [{ name: 'x', actor: 'local', scopes: ['read'] }, '/actor'],
    [{ name: 'x', scopes: [] }, '/scopes'],
    [{ name: 'x', scopes: ['read', 'read'] }, '/scopes'],
    [{ name: 'x', scopes: ['root'] }, '/scopes/0'],
    [{ name: 'x', scopes: ['read'], expiresAt: 'soon' }, '/expiresAt'],
    [{ name: 'x', scopes: ['read'], expiresAt: '0000-01-01T00:00:00Z' }, '/expiresAt'],
    [{ name: 'x', scopes: ['read'], expiresAt: '0001-01-01T00:00:00+10:00' }, '/expiresAt'],
    [{ name: 'x', scopes: ['read'], tenant: '*' }, '/tenant'],
    [{ name: 'x', scopes: ['read'], tenant: 'A' }, '/tenant'],
    [{ name: 'x', scopes: ['read'], id: 'y' }, '/id'],
    [{ name: 'x', scopes: ['read'], secret: 'y' }, '/secret'],
    [{ name: 'x', scopes: ['read'], __proto__x: 1 }, '/__proto__x'],
  ])('is refused as %j', async (body, pointer) => {
    const answer = await gateway.refuse({ url: KEYS, headers: root, body });
    expect([answer.status, answer.body.errors[0]?.pointer]).toEqual([422, pointer]);
  });
});

describe('scopes', () => {
  const secrets = new Map<Scope, string>();
  beforeAll(async () => {
    for (const scope of scopes) secrets.set(scope, (await makeKey({ name: `only ${scope}`, scopes: [scope] })).secret);
  });

  it.each(operations.map((operation) => [operation.id, operation] as const))('bind %s', async (_id, operation) => {
    for (const [scope, secret] of secrets) {
      const { status, body } = await gateway.refuse({ method: operation.method, url: route(operation.route), headers: bearer(secret) });
      const isOpen = operation.scope === null || operation.scope === scope;
      expect([scope, status === 403 && body.code === 'SCOPE_MISSING']).toEqual([scope, !isOpen]);
      if (!isOpen) expect(body.remedy).toContain(operation.scope);
    }
  });

  it('bind HEAD like GET', async () => {
    const explain = bearer(secrets.get('explain') ?? '');
    for (const operation of operations.filter((one) => one.method === 'GET' && one.scope === 'read')) {
      const { status } = await gateway.call({ method: 'HEAD', url: route(operation.route), headers: explain });
      expect([operation.id, status === 403 || status === 405]).toEqual([operation.id, true]);
    }
  });

  it('let reading alone change nothing', () => {
    for (const operation of operations)
      if (operation.scope === 'read') expect([operation.id, operation.method]).toEqual([operation.id, 'GET']);
  });
});

describe('without a root key', () => {
  let open: TestGateway;
  beforeAll(async () => {
    open = await startTestGateway();
  });
  afterEach(() => {
    open.database.failure = null;
  });
  afterAll(() => open.app.close());

  it('loopback stays open as local, and a key that is sent counts', async () => {
    const made = await open.call<NewApiKeyAnswer>({ url: KEYS, body: { name: 'reader', scopes: ['read'] } });
    expect(made.body.createdBy).toBe('local');
    expect((await open.call<{ actor: string }>({ url: '/v1/jobs', body: goodJob })).body.actor).toBe('local');
    const reader = bearer(made.body.secret);
    expect((await open.call({ url: '/v1/jobs', headers: reader })).status).toBe(200);
    expect((await open.call({ url: '/v1/jobs', headers: reader, body: goodJob })).status).toBe(403);
    expect((await open.call({ url: '/v1/jobs', headers: bearer(`vtr_${'A'.repeat(43)}`) })).status).toBe(401);
    expect((await open.refuse({ url: KEYS, body: { name: 'x', scopes: ['read'], tenant: 'acme' } })).body.code).toBe('FORBIDDEN');
  });

  it('asks the store once for many requests of a key', async () => {
    const made = await open.call<NewApiKeyAnswer>({ url: KEYS, body: { name: 'reader', scopes: ['read'] } });
    const before = open.apiKeys.lookups;
    for (let index = 0; index < 10; index += 1) await open.call({ url: '/v1/jobs', headers: bearer(made.body.secret) });
    expect(open.apiKeys.lookups).toBe(before + 1);
  });
});
