import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { goodJob, startTestGateway, type TestGateway } from '../../test/start-test-gateway.js';
import { operations } from '../operations.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.app.close());

describe('bodies', () => {
  const text = JSON.stringify(goodJob);

  it.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'application/json; charset=utf8; profile=x',
  ])('are read as %s', async (type) => {
    expect((await gateway.call({ url: '/v1/jobs', body: text, headers: { 'content-type': type } })).status).toBe(202);
  });

  it.each([
    ['text/plain', {}],
    ['application/jsonx', {}],
    ['application/xml', {}],
    ['multipart/form-data; boundary=x', {}],
    ['application/json; charset=utf-16', {}],
    ['application/json; charset=utf-7', {}],
    ['application/json; charset=iso-8859-1', {}],
    ['nonsense', {}],
    ['application/json', { 'content-encoding': 'gzip' }],
    ['application/json', { 'content-encoding': 'br, identity' }],
  ])('are refused as %s %j', async (type, headers) => {
    const answer = await gateway.refuse({ url: '/v1/jobs', body: text, headers: { 'content-type': type, ...headers } });
    expect([answer.status, answer.body.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  it('need a Content-Type', async () => {
    const answer = await fetch(`http://127.0.0.1:${gateway.port}/v1/jobs`, { method: 'POST', body: Buffer.from(text) });
    expect(answer.status).toBe(415);
  });

  it.each([
    ['a byte order mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['bytes that are not UTF-8', Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')])],
    ['an overlong NUL', Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc0, 0x80]), Buffer.from('"}')])],
    ['nothing', Buffer.alloc(0)],
    ['a hundred thousand brackets', Buffer.from('['.repeat(100_000))],
    ['a comment', Buffer.from('{/* */}')],
  ])('are refused with %s', async (_name, body) => {
    const answer = await gateway.refuse({ url: '/v1/jobs', body });
    expect([answer.status, answer.body.code]).toEqual([400, 'MALFORMED_JSON']);
  });

  it('never pollute a prototype', async () => {
    const { method, model, input } = goodJob;
    for (const body of [
      `{"__proto__":{"admin":true},"method":"${method}","model":${JSON.stringify(model)},"input":${JSON.stringify(input)}}`,
      JSON.stringify({ ...goodJob, params: { constructor: { prototype: { admin: true } } } }),
      `{"labels":{"__proto__":"x"},"method":"${method}","model":${JSON.stringify(model)},"input":${JSON.stringify(input)}}`,
    ]) {
      const answer = await gateway.refuse({ url: '/v1/jobs', body });
      expect([answer.status, answer.body.code]).toEqual([422, 'FIELD_UNKNOWN']);
    }
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
    expect((await gateway.call({ url: '/v1/jobs', body: { ...goodJob, labels: { constructor: 'x' } } })).status).toBe(202);
  });
});

describe('queries', () => {
  it.each([
    'model[not]=x',
    'model[]=x',
    'sort=secret',
    '__proto__=x',
    'model=a&model=b',
    'label.a=1&label.a=2',
    'label.=x',
    `label.${'k'.repeat(65)}=x`,
    `label.a=${'x'.repeat(257)}`,
    'label.a=%00',
    'model=%00',
    'model=',
    `model=${'x'.repeat(10_000)}`,
    'state=NOPE',
    'state=queued',
    'createdAfter=yesterday',
    'createdAfter=2026-02-30T00:00:00Z',
    'createdAfter=0000-01-01T00:00:00Z',
    'createdAfter=2026-01-01',
    'createdBefore=2026-01-01T00:00:00Z',
    'q=x',
    Array.from({ length: 33 }, (_item, index) => `label.k${index}=x`).join('&'),
  ])('?%s is no filter of jobs', async (query) => {
    const { status, body } = await gateway.refuse({ url: `/v1/jobs?${query}` });
    expect([status, body.code]).toEqual([400, 'FILTER_INVALID']);
    expect(body.remedy).toBe(
      'The parameters are state, method, model, createdAfter, pageSize, pageToken, label.<key>; give each at most once, as one plain value.',
    );
    expect(body.detail.length).toBeLessThan(300);
  });

  it.each(['minConfidence=2', 'minConfidence=-1', 'minConfidence=NaN', 'minConfidence=1e400', 'minConfidence=0x1'])(
    '?%s is no filter of explanations',
    async (query) => {
      expect((await gateway.refuse({ url: `/v1/explanations?${query}` })).body.code).toBe('FILTER_INVALID');
    },
  );

  it.each(['0', '-1', '1.5', '', 'abc', '0x10', '1e-2', 'NaN', 'Infinity', '1e999'])('pageSize=%s is no size', async (size) => {
    const { status, body } = await gateway.refuse({ url: `/v1/jobs?pageSize=${size}` });
    expect([status, body.code]).toEqual([400, 'PAGE_SIZE_INVALID']);
  });
});

describe('addresses and methods', () => {
  it.each([
    '/.env',
    '/v1',
    '/v1/jobs/',
    '//v1/jobs',
    '/v1/jobs/%zz',
    '/v1/audit/../../x',
    '/V1/jobs',
    '/v1/explanations//canonical',
    '/docs/../healthz',
    '/%2e%2e/etc/passwd',
  ])('%s leads nowhere', async (url) => {
    const { status, body } = await gateway.refuse({ url });
    expect([status, body.code]).toEqual([404, 'NOT_FOUND']);
  });

  it.each([
    ['DELETE', '/v1/jobs', 'GET, HEAD, POST'],
    ['PUT', '/v1/jobs/00000000-0000-0000-0000-000000000000', 'GET, HEAD'],
    ['GET', '/v1/jobs/x/cancel', 'POST'],
    ['POST', '/v1/models/sentiment', 'GET, HEAD'],
    ['OPTIONS', '/v1/jobs', 'GET, HEAD, POST'],
    ['PATCH', '/healthz', 'GET, HEAD'],
  ] as const)('%s %s answers 405 with what is allowed', async (method, url, allow) => {
    const { status, headers, body } = await gateway.refuse({
      method,
      url,
      ...(method === 'GET' || method === 'OPTIONS' ? {} : { body: '{' }),
    });
    expect([status, body.code, headers.allow]).toEqual([405, 'METHOD_NOT_ALLOWED', allow]);
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  it('answers HEAD like GET, without the body', async () => {
    const { status, text, headers } = await gateway.call({ method: 'HEAD', url: '/v1/models' });
    expect([status, text]).toEqual([200, '']);
    expect(Number(headers['content-length'])).toBeGreaterThan(10);
  });
});

describe('request ids', () => {
  it.each(['trace-1', '4bf92f3577b34da6a3ce929d0e0e4736', 'a:b@c+d=e~f'])('echoes %s', async (id) => {
    expect((await gateway.call({ url: '/healthz', headers: { 'x-request-id': id } })).headers['x-request-id']).toBe(id);
  });

  it.each(['a b', 'x'.repeat(129), '<script>', 'a;b', 'a"b'])('makes one of its own instead of %s', async (id) => {
    expect((await gateway.call({ url: '/healthz', headers: { 'x-request-id': id } })).headers['x-request-id']).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-7/,
    );
  });
});

describe('security headers', () => {
  it.each([...operations.filter((one) => one.method === 'GET').map((one) => one.route.replace(/:\w+/g, 'x')), '/nowhere'])(
    'are on %s',
    async (url) => {
      const { headers } = await gateway.call({ url });
      expect(headers).toMatchObject({
        'content-security-policy': expect.stringMatching(/^default-src 'none';.*frame-ancestors 'none'/),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': expect.stringMatching(url.startsWith('/v1') ? /^no-store$/ : /^no-(store|cache)$/),
        'x-request-id': expect.any(String),
      });
      expect(headers['x-powered-by']).toBeUndefined();
      expect(headers['server']).toBeUndefined();
    },
  );
});

describe('hosts and origins', () => {
  it.each([
    [{ host: 'evil.example' }, 'HOST_NOT_ALLOWED'],
    [{ origin: 'http://evil.example' }, 'ORIGIN_NOT_ALLOWED'],
    [{ origin: 'null' }, 'ORIGIN_NOT_ALLOWED'],
  ])('%j is refused everywhere', async (headers: Record<string, string>, code) => {
    for (const url of ['/v1/jobs', '/healthz', '/docs', '/nowhere']) {
      const answer = await gateway.refuse({ url, headers });
      expect([answer.status, answer.body.code]).toEqual([403, code]);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('lets pages of its own in', async () => {
    expect((await gateway.call({ url: '/v1/models', headers: { host: 'localhost:4300', origin: 'http://localhost:4300' } })).status).toBe(
      200,
    );
  });
});

describe('keys', () => {
  it('are asked for wherever there are data, and nowhere else', async () => {
    const guarded = await startTestGateway({ environment: { VITRINE_ADMIN_KEY: 'a-key-of-sixteen-or-more' } });
    try {
      for (const operation of operations) {
        const url = operation.route.replace(/:\w+/g, 'x');
        const { status } = await guarded.call({ method: operation.method, url });
        expect([operation.id, status === 401]).toEqual([operation.id, operation.scope !== null]);
      }
      expect((await guarded.call({ url: '/nowhere' })).status).toBe(401);
      expect((await guarded.call({ url: '/v1/jobs?key=a-key-of-sixteen-or-more' })).status).toBe(401);
      expect((await guarded.call({ url: '/v1/jobs', headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
      const right = { authorization: 'Bearer a-key-of-sixteen-or-more' };
      expect((await guarded.call({ url: '/v1/jobs', headers: right })).status).toBe(200);
      expect((await guarded.call<{ actor: string }>({ url: '/v1/jobs', body: goodJob, headers: right })).body.actor).toBe('admin');
      expect(guarded.lines.join()).not.toContain('a-key-of-sixteen');
    } finally {
      await guarded.app.close();
    }
  });
});
