import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '#jobs';
import { followEvents } from '../../../test/follow-events.js';
import { goodJob, startTestGateway, type TestGateway } from '../../../test/start-test-gateway.js';
import type { JobAnswer } from '../job-answer.js';
import { JobEventFeed } from './job-event-feed.js';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway({ limits: { heartbeatMs: 20, eventStreams: 3 } });
});
afterEach(() => gateway.app.close());

const submit = async () => (await gateway.call<JobAnswer>({ url: '/v1/jobs', body: goodJob })).body.id;
const follow = (id: string, headers: Record<string, string> = {}) => followEvents(gateway.port, id, headers);
const feed = () => gateway.app.get(JobEventFeed);

describe('GET /v1/jobs/{id}/events', () => {
  it('tells what happens in order, each as the job was then, and ends with the job', async () => {
    const id = await submit();
    const queued = (await gateway.call<JobAnswer>({ url: `/v1/jobs/${id}` })).body;
    const stream = await follow(id);
    expect([stream.status, stream.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect(stream.headers).toMatchObject({ 'cache-control': 'no-store', 'x-request-id': expect.any(String) });
    await gateway.runJobs();
    await stream.ended;
    expect(stream.events.map((event) => [event.id, event.kind, event.job.state])).toEqual([
      [1, 'state', 'QUEUED'],
      [2, 'state', 'RUNNING'],
      [3, 'warning', 'RUNNING'],
      [4, 'state', 'SUCCEEDED'],
    ]);
    expect(stream.events[0]?.job).toEqual(queued);
    expect(stream.events[2]?.job).toMatchObject({ warningCodes: ['TOY'] });
    expect(stream.events[3]?.job).toEqual((await gateway.call({ url: `/v1/jobs/${id}` })).body);
  });

  it('goes on after the last event a client has, and has nothing to say after the last of all', async () => {
    const id = await submit();
    await gateway.runJobs();
    for (const last of [0, 1, 3]) {
      const stream = await follow(id, { 'last-event-id': String(last) });
      await stream.ended;
      expect(stream.events.map((event) => event.id)).toEqual([1, 2, 3, 4].filter((sequence) => sequence > last));
    }
    expect((await follow(id, { 'last-event-id': '4' })).status).toBe(204);
  });

  it('refuses an id that cannot be one, and a job that is not there', async () => {
    const id = await submit();
    for (const last of ['', '-1', '1.5', 'x', '2'])
      expect([last, (await follow(id, { 'last-event-id': last })).status]).toEqual([last, 400]);
    expect((await follow('01890000-0000-7000-8000-000000000000')).status).toBe(404);
    expect((await follow('x')).status).toBe(404);
  });

  it('sees events by itself when notices are lost, and waits for a database that is away', async () => {
    gateway.notices.lose = true;
    const id = await submit();
    const stream = await follow(id);
    gateway.database.failure = new StoreUnavailable('gone');
    await pause(50);
    gateway.database.failure = null;
    await gateway.runJobs();
    await stream.ended;
    expect(stream.events.map((event) => event.id)).toEqual([1, 2, 3, 4]);
  });

  it('shows that it is alive while nothing happens', async () => {
    const stream = await follow(await submit());
    while (stream.comments.length < 2) await pause(5);
    stream.close();
  });

  it('opens so many at once and no more; what a client leaves is free again', async () => {
    const id = await submit();
    const streams = [await follow(id), await follow(id), await follow(id)];
    const refused = await follow(id);
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '5']);
    for (const stream of streams) stream.close();
    while (feed().open > 0 || gateway.notices.listening > 0) await pause(5);
    const again = await follow(id);
    expect(again.status).toBe(200);
    again.close();
  });

  it('answers HEAD with the headers alone, and opens nothing for it', async () => {
    const id = await submit();
    const head = await gateway.call({ method: 'HEAD', url: `/v1/jobs/${id}/events` });
    expect([head.status, head.headers['content-type'], head.text]).toEqual([200, 'text/event-stream; charset=utf-8', '']);
    expect([feed().open, gateway.notices.listening]).toEqual([0, 0]);
  });

  it('ends when the process stops, without a broken line', async () => {
    const stream = await follow(await submit());
    while (stream.events.length === 0) await pause(2);
    await gateway.app.close();
    await stream.ended;
    expect(stream.events.map((event) => event.id)).toEqual([1]);
  });
});
