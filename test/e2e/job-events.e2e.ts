import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Platform } from '../support/platform.js';
import { followEvents, type ReceivedEvent } from '../../apps/gateway/test/follow-events.js';

// Several seconds of work, so that there is something to follow.
const long = {
  method: 'kernel-shap',
  model: { name: 'sst2-minilm' },
  input: { text: Array.from({ length: 8 }, () => 'A slow and strangely tender film about loss and the sea').join(' ') },
  params: { players: 'words', budget: 800 },
  seed: 5,
  cache: 'bypass',
};

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
}, 120_000);
afterAll(async () => {
  await platform.stop();
}, 60_000);

const port = () => Number(new URL(platform.url).port);
const submit = async (body: unknown = long) => String((await platform.call('POST', '/v1/jobs', body)).json()['id']);

/** Follows to the end, cutting every connection after so many milliseconds. */
async function followInPieces(jobId: string, pieceMs: number): Promise<{ events: ReceivedEvent[]; pieces: number }> {
  const events: ReceivedEvent[] = [];
  for (let pieces = 1; ; pieces += 1) {
    const last = events.at(-1)?.id;
    const stream = await followEvents(port(), jobId, last === undefined ? {} : { 'last-event-id': String(last) });
    if (stream.status === 204) return { events, pieces };
    const timer = setTimeout(stream.close, pieceMs);
    const isWhole = await Promise.race([
      stream.ended.then(() => true),
      new Promise<false>((cut) => setTimeout(() => cut(false), pieceMs + 1)),
    ]);
    clearTimeout(timer);
    events.push(...stream.events);
    if (isWhole && stream.events.at(-1)?.job.finishedAt != null) return { events, pieces };
  }
}

describe('the events of a job', () => {
  it('come every one once and in order although the connection is cut every 200 ms', async () => {
    const id = await submit();
    const whole = followEvents(port(), id);
    const { events, pieces } = await followInPieces(id, 200);
    expect(pieces).toBeGreaterThan(3);
    expect(events.map((event) => event.id)).toEqual(events.map((_event, index) => index + 1));
    await (
      await whole
    ).ended;
    expect(events).toEqual((await whole).events);
    expect(events.map((event) => event.kind)).toContain('progress');
    const done = events.filter((event) => event.job.state === 'RUNNING').map((event) => event.job.progress.done);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(events.at(-1)?.job).toEqual((await platform.call('GET', `/v1/jobs/${id}`)).json());
  }, 240_000);

  it('go on at another start of the platform where they stopped', async () => {
    const id = await submit();
    const stream = await followEvents(port(), id);
    while (!stream.events.some((event) => event.kind === 'progress')) await new Promise((resolve) => setTimeout(resolve, 20));
    await platform.end('SIGTERM');
    await stream.ended;
    await platform.startApps();
    const last = stream.events.at(-1)?.id ?? 0;
    const rest = await followEvents(port(), id, { 'last-event-id': String(last) });
    await rest.ended;
    const ids = [...stream.events, ...rest.events].map((event) => event.id);
    expect(ids).toEqual(ids.map((_id, index) => index + 1));
    expect(rest.events.at(-1)?.job).toMatchObject({ state: 'SUCCEEDED' });
  }, 240_000);
});
