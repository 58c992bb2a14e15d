import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { Platform, type Json } from '../support/platform.js';

const review = {
  method: 'occlusion',
  model: { name: 'sst2-minilm' },
  input: { text: 'A slow and strangely tender film about loss.' },
  seed: 3,
};

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
}, 120_000);
afterAll(async () => {
  await platform.stop();
}, 60_000);

const post = (key: string, body: unknown = review) => platform.call('POST', '/v1/jobs', body, { 'idempotency-key': key });
const withLabel = async (value: string): Promise<Json[]> =>
  (await platform.call('GET', `/v1/jobs?label.case=${value}`)).json()['items'] as Json[];

describe('a request that is sent again under one Idempotency-Key', () => {
  it('makes one job of fifty posts at once', async () => {
    const marked = { ...review, labels: { case: randomUUID() } };
    const answers = await Promise.all(Array.from({ length: 50 }, () => post('fifty', marked)));
    expect(new Set(answers.map((one) => one.status))).toEqual(new Set([202]));
    expect(new Set(answers.map((one) => one.text)).size).toBe(1);
    expect(answers.filter((one) => one.headers.get('idempotency-replayed') === 'true')).toHaveLength(49);
    expect(await withLabel(marked.labels.case)).toHaveLength(1);
  });

  it('gives the first answer when the first client was cut off before it had one', async () => {
    const marked = { ...review, labels: { case: randomUUID() } };
    await sendAndLeave(`${platform.url}/v1/jobs`, JSON.stringify(marked), 'cut');
    while ((await withLabel(marked.labels.case)).length === 0) await pause(20);
    const again = await post('cut', marked);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([202, 'true']);
    const jobs = await withLabel(marked.labels.case);
    expect(jobs.map((job) => job['id'])).toEqual([again.json()['id']]);
    expect(await platform.finished(String(again.json()['id']))).toMatchObject({ state: 'SUCCEEDED' });
    expect((await post('cut', marked)).text).toBe(again.text);
  });

  it('is refused when it is another request', async () => {
    expect((await post('reused')).status).toBe(202);
    const other = await post('reused', { ...review, seed: 4 });
    expect([other.status, other.json()['code']]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  it('acts once although the platform was killed in between', async () => {
    const first = await post('killed');
    await platform.end('SIGKILL');
    await platform.startApps();
    const again = await post('killed');
    expect([again.text, again.headers.get('idempotency-replayed')]).toEqual([first.text, 'true']);
    expect(await platform.finished(String(first.json()['id']))).toMatchObject({ state: 'SUCCEEDED' });
  });
});

/** Sends a whole request and closes the connection without reading. */
function sendAndLeave(url: string, body: string, key: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), 'idempotency-key': key };
    const outgoing = request(url, { method: 'POST', headers });
    outgoing.on('error', reject);
    outgoing.end(body, () => {
      outgoing.off('error', reject).on('error', () => undefined);
      outgoing.destroy();
      resolve();
    });
  });
}
