import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startReceiver } from '#testing';
import type { ServerResponse } from 'node:http';
import { Platform, type Json } from '../support/platform.js';
import { until } from '../support/until.js';

jest.setTimeout(180_000);

let platform: Platform;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
/** Answers that are held back, as by a receiver that hangs. */
const held: ServerResponse[] = [];
let holdsBack = true;

beforeAll(async () => {
  receiver = await startReceiver((response) => {
    if (holdsBack) held.push(response);
    else response.writeHead(204).end();
  });
  platform = await Platform.start({ environment: { VITRINE_WEBHOOK_ALLOW: receiver.host } });
});
afterAll(async () => {
  await platform.stop();
  await receiver.stop();
});

describe('a webhook', () => {
  it('is told again by the next process when the first was killed while telling it', async () => {
    const made = await platform.call('POST', '/v1/webhooks', { url: `${receiver.url}/hook`, events: ['job.succeeded'] });
    expect(made.status).toBe(201);
    const job = await platform.run({
      method: 'occlusion',
      model: { name: 'sst2-minilm' },
      input: { text: 'a gripping film' },
    });
    expect(job['state']).toBe('SUCCEEDED');
    await until(
      'the first telling',
      () => held.length,
      (count) => count === 1,
    );
    await platform.end('SIGKILL');
    holdsBack = false;
    platform = await Platform.start({ resume: platform });
    await until(
      'the second telling',
      () => receiver.received.length,
      (count) => count === 2,
    );
    const [first, second] = receiver.received;
    expect([second?.headers['webhook-id'], second?.body]).toEqual([first?.headers['webhook-id'], first?.body]);
    expect(JSON.parse(second?.body ?? '{}')).toMatchObject({ data: { jobId: job['id'], explanationId: job['explanationId'] } });
    const listed = async () => ((await platform.call('GET', '/v1/webhooks')).json()['items'] as Json[])[0]?.['deliveries'];
    await until('the delivery to be settled', listed, (seen) => JSON.stringify(seen) === '{"pending":0,"delivered":1,"givenUp":0}');
  });
});
