import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { rootPrincipal } from '#access';
import type { ModelDescription } from '#explainers';
import { auditWho, recordAudit } from '#jobs';
import { startReceiver, type ReceivedRequest } from '#testing';
import { WebhookDeliverer, WebhookSender } from '#webhooks';
import { ROOT_KEY, startDatabaseGateway, type DatabaseGateway } from '../../test/start-database-gateway.js';
import type { NewWebhookAnswer, WebhookAnswer } from './webhook-answers.js';

// Many transactions, on a machine that may be busy.
jest.setTimeout(60_000);

const HOOKS = '/v1/webhooks';
const root = { authorization: `Bearer ${ROOT_KEY}` };
const job = { method: 'kernel-shap', model: { name: 'toy' }, input: { text: 'A planted marker.' }, labels: { case: 'A-17', batch: '3' } };
const described: ModelDescription = {
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

let gateway: DatabaseGateway;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let answer = 204;
let deliverer: WebhookDeliverer;

beforeAll(async () => {
  receiver = await startReceiver((response) => response.writeHead(answer).end());
  gateway = await startDatabaseGateway({ VITRINE_RATE_LIMIT: '0', VITRINE_WEBHOOK_ALLOW: receiver.host });
  await gateway.core.keys.openTenant('default', 'admin');
  const version = { model: 'toy', version: '1', location: 'bundled:toy' as const, sha256: 'a'.repeat(64), files: [] };
  await gateway.core.models.addVersion(rootPrincipal, {
    ...version,
    outcome: { state: 'ACTIVE', description: described, capabilities: {} },
  });
  deliverer = makeDeliverer();
});
afterAll(async () => {
  await receiver.stop();
  await gateway.stop();
});
afterEach(async () => {
  answer = 204;
  receiver.received.length = 0;
  for (const webhook of await list()) await gateway.call({ method: 'DELETE', url: `${HOOKS}/${webhook.id}`, headers: root });
});

/** One that leads, and that nobody started: it works when it is told to. */
function makeDeliverer(): WebhookDeliverer {
  const { webhooks: store, keys, clock, logger } = gateway.core;
  const leadership = { holds: () => Promise.resolve(true) };
  return new WebhookDeliverer({ store, keys, clock, logger, leadership, sender: new WebhookSender([receiver.host]), chance: () => 0.5 });
}

async function make(body: Readonly<Record<string, unknown>> = {}): Promise<NewWebhookAnswer> {
  const made = await gateway.call<NewWebhookAnswer>({ url: HOOKS, headers: root, body: { url: `${receiver.url}/hook`, ...body } });
  if (made.status !== 201) throw new Error(made.text);
  return made.body;
}

const list = async () => (await gateway.call<{ items: WebhookAnswer[] }>({ url: HOOKS, headers: root })).body.items;
const submit = async () => (await gateway.call<{ id: string }>({ url: '/v1/jobs', headers: root, body: job })).body.id;

async function asPlatform(statement: string, values: readonly unknown[] = []) {
  await gateway.raw.query('BEGIN');
  await gateway.raw.query(`SET LOCAL ROLE vitrine_app`);
  await gateway.raw.query(`SELECT set_config('vitrine.tenant', '*', true)`);
  const { rows } = await gateway.raw.query<Record<string, unknown>>(statement, [...values]);
  await gateway.raw.query('COMMIT');
  return rows;
}

/** Makes everything that waits due, and whatever is held free. */
const hurry = () =>
  asPlatform(`UPDATE webhook_delivery SET next_attempt_at = clock_timestamp(), lease_until = NULL WHERE state = 'PENDING'`);

/** As a receiver checks it, after the specification. */
function isSigned({ headers, body }: ReceivedRequest, secret: string): boolean {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const id = String(headers['webhook-id']);
  const seconds = String(headers['webhook-timestamp']);
  const expected = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return headers['webhook-signature'] === `v1,${expected}` && Math.abs(Number(seconds) - Date.now() / 1000) < 300;
}

describe('a webhook', () => {
  it('is told, signed, that a job ended, and nothing of what was in it', async () => {
    const { secret, ...made } = await make();
    const id = await submit();
    await gateway.runJobs();
    await deliverer.deliverDue();
    const ended = (await gateway.call<Record<string, string>>({ url: `/v1/jobs/${id}`, headers: root })).body;
    const [message, ...others] = receiver.received;
    if (message === undefined) throw new Error('nothing came');
    expect(others).toEqual([]);
    expect(isSigned(message, secret)).toBe(true);
    expect(JSON.parse(message.body)).toEqual({
      type: 'job.succeeded',
      timestamp: ended['finishedAt'],
      data: {
        ...{
          jobId: id,
          state: 'SUCCEEDED',
          method: 'kernel-shap',
          model: { name: 'toy', version: '1' },
          labels: { batch: '3', case: 'A-17' },
        },
        ...{ errorCode: null, explanationId: ended['explanationId'] },
        hrefs: { job: `/v1/jobs/${id}`, explanation: `/v1/explanations/${String(ended['explanationId'])}` },
      },
    });
    expect(message.body).not.toMatch(/planted|marker/);
    const [shown] = await list();
    expect(shown).toMatchObject({ ...made, deliveries: { pending: 0, delivered: 1, givenUp: 0 } });
    expect(shown?.recent).toEqual([
      expect.objectContaining({ id: message.headers['webhook-id'], jobId: id, attempts: 1, lastStatus: 204, lastError: null }),
    ]);
  });

  it('shows its secret once, and it rests wrapped', async () => {
    const { id, secret } = await make();
    expect(JSON.stringify(await list())).not.toContain(secret);
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64').toString('hex');
    const rows = await asPlatform(`SELECT encode(wrapped_secret, 'hex') AS wrapped FROM webhook WHERE id = $1`, [id]);
    expect(String(rows[0]?.['wrapped'])).not.toContain(key);
    expect(gateway.lines.join()).not.toContain(secret);
    const leaves = await asPlatform(`SELECT event, convert_from(record, 'UTF8') AS record FROM audit_leaf_pending WHERE subject_id = $1`, [
      id,
    ]);
    expect(leaves.map((leaf) => leaf['event'])).toEqual(['webhook.add']);
    expect(JSON.stringify(leaves)).not.toContain(secret);
  });

  it('is told of the events it names, of each end of a job', async () => {
    await make({ events: ['job.cancelled'] });
    await submit();
    const cancelled = await submit();
    await gateway.call({ method: 'POST', url: `/v1/jobs/${cancelled}/cancel`, headers: root });
    const expiring = await submit();
    await asPlatform(`UPDATE job SET deadline_at = clock_timestamp() WHERE id = $1`, [expiring]);
    for (const abandoned of await gateway.core.jobs.findAbandoned(3, 10))
      await gateway.core.jobs.endAbandoned(abandoned, { code: 'EXPIRED_BEFORE_START' }, {
        record: { id: expiring, event: 'expire', subject: expiring },
        bytes: new Uint8Array(1),
      } as never);
    await gateway.runJobs();
    await deliverer.deliverDue();
    expect(receiver.received.map((one) => JSON.parse(one.body) as unknown)).toEqual([
      expect.objectContaining({ type: 'job.cancelled', data: expect.objectContaining({ jobId: cancelled, explanationId: null }) }),
    ]);
    const [shown] = await list();
    if (shown === undefined) throw new Error('no webhook');
    await gateway.call({ method: 'DELETE', url: `${HOOKS}/${shown.id}`, headers: root });
    await make({ events: ['job.expired'] });
    const late = await submit();
    await asPlatform(
      `UPDATE job SET state = 'EXPIRED', finished_at = clock_timestamp(), error = '{"code":"EXPIRED_BEFORE_START"}' WHERE id = $1`,
      [late],
    );
    await deliverer.deliverDue();
    expect(JSON.parse(receiver.received.at(-1)?.body ?? '{}')).toMatchObject({
      type: 'job.expired',
      data: { jobId: late, errorCode: 'EXPIRED_BEFORE_START' },
    });
  });

  it('is told that a job failed, with the code of its error and without an explanation', async () => {
    await make({ events: ['job.failed'] });
    const id = await submit();
    await submit();
    const claim = await gateway.core.jobs.claim(id, 'w', 15, 3);
    if (claim === null) throw new Error('not claimed');
    const leaf = recordAudit(gateway.core.clock, 'fail', auditWho(rootPrincipal, 'r'), id, {});
    expect(await gateway.core.jobs.commitEnd(claim, 'FAILED', { code: 'MODEL_CRASHED', detail: 'planted marker' }, leaf)).toBe(true);
    await gateway.runJobs();
    await deliverer.deliverDue();
    const [message, ...others] = receiver.received;
    expect(others).toEqual([]);
    expect(JSON.parse(message?.body ?? '{}')).toMatchObject({
      type: 'job.failed',
      data: {
        jobId: id,
        state: 'FAILED',
        errorCode: 'MODEL_CRASHED',
        explanationId: null,
        hrefs: { job: `/v1/jobs/${id}`, explanation: null },
      },
    });
    expect(message?.body).not.toContain('marker');
  });

  it('is tried again under the same id with the same body, and the attempts are shown', async () => {
    const { secret } = await make();
    await submit();
    await gateway.runJobs();
    answer = 500;
    await deliverer.deliverDue();
    await deliverer.deliverDue();
    expect(receiver.received).toHaveLength(1); // not before its time
    const [waiting] = (await list()).flatMap((one) => one.recent);
    expect(waiting).toMatchObject({ state: 'PENDING', attempts: 1, lastStatus: 500, lastError: 'answered 500' });
    expect(Date.parse(waiting?.nextAttemptAt ?? '')).toBeGreaterThan(Date.now());
    answer = 200;
    await hurry();
    await deliverer.deliverDue();
    const [first, second] = receiver.received;
    expect([second?.body, second?.headers['webhook-id']]).toEqual([first?.body, first?.headers['webhook-id']]);
    expect(receiver.received.every((one) => isSigned(one, secret))).toBe(true);
    expect((await list()).flatMap((one) => one.recent)).toEqual([
      expect.objectContaining({ state: 'DELIVERED', attempts: 2, lastStatus: 200, nextAttemptAt: null }),
    ]);
  });

  it('is told again what a process that died was telling, once its lease has ended, and only then', async () => {
    await make();
    await submit();
    await gateway.runJobs();
    const [dead, ...others] = await gateway.core.webhooks.claimDue([], 30, 10);
    if (dead === undefined) throw new Error('nothing to claim');
    expect(others).toEqual([]);
    await makeDeliverer().deliverDue();
    expect(receiver.received).toEqual([]);
    await asPlatform(`UPDATE webhook_delivery SET lease_until = clock_timestamp() WHERE id = $1`, [dead.id]);
    await makeDeliverer().deliverDue();
    expect(receiver.received.map((one) => one.headers['webhook-id'])).toEqual([dead.id]);
    // The dead one was only slow: what it has to say comes too late.
    const late = await gateway.core.webhooks.settle(dead, { kind: 'again', status: 500, error: 'late', afterSeconds: 0 });
    expect(late.settled).toBe(false);
    expect((await list()).flatMap((one) => one.recent)).toEqual([expect.objectContaining({ state: 'DELIVERED', attempts: 2 })]);
  });

  it('gets each delivery from one of two that compete', async () => {
    await make();
    for (let index = 0; index < 20; index += 1) await submit();
    await gateway.runJobs();
    await Promise.all([makeDeliverer().deliverDue(), makeDeliverer().deliverDue()]);
    await deliverer.deliverDue();
    const ids = receiver.received.map((one) => one.headers['webhook-id']);
    expect([ids.length, new Set(ids).size]).toEqual([20, 20]);
  });

  it('is disabled when a day of attempts came to nothing, and says so', async () => {
    const { id } = await make();
    for (let index = 0; index < 2; index += 1) await submit();
    await gateway.runJobs();
    await asPlatform(
      `UPDATE webhook_delivery SET attempts = 10 WHERE webhook_id = $1 AND id = (SELECT min(id::text)::uuid FROM webhook_delivery)`,
      [id],
    );
    answer = 503;
    await deliverer.deliverDue();
    const [shown] = await list();
    expect(shown).toMatchObject({
      state: 'DISABLED',
      disabledReason: expect.stringContaining('answered 503'),
      deliveries: { pending: 0, delivered: 0, givenUp: 2 },
    });
    const before = receiver.received.length;
    await submit();
    await gateway.runJobs();
    await deliverer.deliverDue();
    expect(receiver.received).toHaveLength(before);
  });

  it('stays when others have arrived since', async () => {
    const { id } = await make();
    await submit();
    await gateway.runJobs();
    answer = 500;
    await deliverer.deliverDue();
    answer = 200;
    await submit();
    await gateway.runJobs();
    await deliverer.deliverDue();
    answer = 500;
    await asPlatform(`UPDATE webhook_delivery SET attempts = 10 WHERE webhook_id = $1 AND state = 'PENDING'`, [id]);
    await hurry();
    await deliverer.deliverDue();
    expect((await list())[0]).toMatchObject({ state: 'ACTIVE', deliveries: { pending: 0, delivered: 1, givenUp: 1 } });
  });

  it('ends at once when the receiver says 410', async () => {
    await make();
    await submit();
    await gateway.runJobs();
    answer = 410;
    await deliverer.deliverDue();
    expect((await list())[0]).toMatchObject({ state: 'DISABLED', disabledReason: 'the receiver answered 410 Gone' });
  });

  it('does not hear of the parts of a job', async () => {
    await make();
    const id = await submit();
    await asPlatform(`UPDATE job SET parent_id = id, part = 0, state = 'CANCELLED', finished_at = clock_timestamp() WHERE id = $1`, [id]);
    await deliverer.deliverDue();
    expect(receiver.received).toEqual([]);
  });

  it.each([
    'http://169.254.169.254/',
    'http://localhost:1/',
    'http://[::ffff:10.0.0.1]/',
    'ftp://hooks.example/',
    'https://u:p@hooks.example/',
    'nonsense',
  ])('is not made for %s', async (url) => {
    const refused = await gateway.call({ url: HOOKS, headers: root, body: { url } });
    expect(refused).toMatchObject({ status: 422, body: { code: 'WEBHOOK_URL_REFUSED', errors: [{ pointer: '/url' }] } });
  });

  it('shows the address as it will be called', async () => {
    const made = await make({ url: `${receiver.url}\\a/../ho\nok` });
    expect(made.url).toBe(`${receiver.url}/hook`);
    expect((await list()).map(({ url }) => url)).toEqual([made.url]);
  });

  it.each([{ events: [] }, { events: ['job.started'] }, { events: ['job.failed', 'job.failed'] }, { secret: 'mine' }, { url: 7 }])(
    'is not made with %j',
    async (body) => {
      expect((await gateway.call({ url: HOOKS, headers: root, body: { url: receiver.url, ...body } })).status).toBe(422);
    },
  );

  it('is one of at most twenty', async () => {
    const made = await Promise.all(
      Array.from({ length: 22 }, () => gateway.call({ url: HOOKS, headers: root, body: { url: receiver.url } })),
    );
    expect(made.filter((one) => one.status === 201)).toHaveLength(20);
    expect(made.filter((one) => one.status === 409)).toHaveLength(2);
  });
});
