import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '#platform';
import { startTestDatabase, type TestDatabase } from '#testing';
import { JobQueues } from '../queue/job-queues.js';
import { QueueBackend, type EntryHandler, type OpenWorker } from '../queue/queue-backend.js';
import { Consumer } from './consumer.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
}, 60_000);
afterAll(() => database.stop());

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A real queue whose first worker is connected and never takes anything: what a lost connection has been seen to leave behind. */
class DeafBackend extends QueueBackend {
  opened = 0;

  override openWorker(name: string, handle: EntryHandler, concurrency: number): OpenWorker {
    const worker = super.openWorker(name, handle, concurrency);
    this.opened += 1;
    if (this.opened > 1) return worker;
    return { run: () => Promise.resolve(), waitUntilReady: () => worker.waitUntilReady(), close: (force) => worker.close(force) };
  }
}

const PATIENCE_MS = 20_000;

/** A consumer that looks when it is told to, by a clock that moves when it is told to. */
function makeConsumer(backend: QueueBackend, queues: JobQueues, family: string) {
  const state = { reopened: 0, elapsed: 1000, release: (): void => undefined };
  const taken: string[] = [];
  const arrivals: (() => void)[] = [];
  const held = new Promise<void>((resolve) => (state.release = resolve));
  const consumer = new Consumer({
    ...{ backend, queues, family, concurrency: 1 },
    handle: async (_name, { jobId }) => {
      taken.push(jobId);
      for (const arrived of arrivals.splice(0)) arrived();
      await held;
    },
    logger: createLogger({ level: 'silent', app: 'test' }),
    timing: { checkMs: 2 ** 30, patienceMs: PATIENCE_MS },
    onReopen: () => (state.reopened += 1),
    elapsed: () => state.elapsed,
  });
  ends.push(async () => {
    state.release();
    await consumer.close();
    await queues.close();
  });
  /** Resolves when so many entries have been taken. */
  async function untilTaken(count: number): Promise<void> {
    while (taken.length < count) await new Promise<void>((resolve) => arrivals.push(resolve));
  }
  return { consumer, state, taken, untilTaken };
}

const entry = (queue: string, jobId: string) => ({ id: 1n, jobId, epoch: 0, queue, method: 'toy', priority: 10, turn: 0 });
const connection = () => ({ kind: 'postgres' as const, connectionString: database.connectionString });

describe('Consumer', () => {
  it('opens a deaf worker anew when its patience is over and not before, once, and what waited is taken', async () => {
    const backend = new DeafBackend(connection(), () => undefined);
    const queues = new JobQueues(backend);
    const { consumer, state, taken, untilTaken } = makeConsumer(backend, queues, 'deaf');
    await consumer.open();
    await queues.publish([entry('vitrine-deaf', 'waited')]);
    await consumer.look(); // from here on it is known that one waits
    state.elapsed += PATIENCE_MS - 1;
    await consumer.look();
    expect([state.reopened, backend.opened, consumer.stuckMs, taken]).toEqual([0, 1, PATIENCE_MS - 1, []]);
    state.elapsed += 1;
    await consumer.look();
    expect([state.reopened, backend.opened]).toEqual([1, 2]);
    await untilTaken(1);
    await consumer.look();
    expect([state.reopened, backend.opened, consumer.stuckMs, taken]).toEqual([1, 2, 0, ['waited']]);
  }, 60_000);

  it('leaves a worker alone that has nothing to do, or is busy while others wait', async () => {
    const backend = new QueueBackend(connection(), () => undefined);
    const queues = new JobQueues(backend);
    const { consumer, state, taken, untilTaken } = makeConsumer(backend, queues, 'busy');
    await consumer.open();
    const lookLong = async () => {
      for (let look = 0; look < 3; look++) {
        await consumer.look();
        state.elapsed += PATIENCE_MS;
      }
    };
    await lookLong();
    await queues.publish([entry('vitrine-busy', 'first'), entry('vitrine-busy', 'second')]);
    await untilTaken(1);
    await lookLong();
    expect([state.reopened, consumer.stuckMs, taken]).toEqual([0, 0, ['first']]);
    state.release();
    await untilTaken(2);
  }, 60_000);
});
