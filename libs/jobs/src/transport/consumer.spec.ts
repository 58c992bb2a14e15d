import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
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

function openConsumer(backend: QueueBackend, queues: JobQueues, family: string, handle: EntryHandler) {
  const reopened = { times: 0 };
  const consumer = new Consumer({
    ...{ backend, queues, family, handle, concurrency: 1 },
    logger: createLogger({ level: 'silent', app: 'test' }),
    timing: { checkMs: 50, patienceMs: 200 },
    onReopen: () => (reopened.times += 1),
  });
  return { consumer, reopened };
}

const entry = (queue: string, jobId: string) => ({ id: 1n, jobId, epoch: 0, queue, method: 'toy', priority: 10, turn: 0 });

describe('Consumer', () => {
  it('opens a deaf worker anew, and what waited is taken', async () => {
    const backend = new DeafBackend({ kind: 'postgres', connectionString: database.connectionString }, () => undefined);
    const queues = new JobQueues(backend);
    const taken = await new Promise<string>((resolve, reject) => {
      const { consumer, reopened } = openConsumer(backend, queues, 'deaf', async (_name, { jobId }) => {
        expect([reopened.times, backend.opened]).toEqual([1, 2]);
        setImmediate(() => void consumer.close().then(() => resolve(jobId)));
        return Promise.resolve();
      });
      consumer.open().then(() => queues.publish([entry('vitrine-deaf', 'waited')]), reject);
    });
    expect(taken).toBe('waited');
    await queues.close();
  }, 60_000);

  it('leaves a worker alone that is busy while others wait, or has nothing to do', async () => {
    const backend = new QueueBackend({ kind: 'postgres', connectionString: database.connectionString }, () => undefined);
    const queues = new JobQueues(backend);
    let release: () => void = () => undefined;
    const busy = new Promise<void>((resolve) => (release = resolve));
    const { consumer, reopened } = openConsumer(backend, queues, 'busy', () => busy);
    await consumer.open();
    await pause(500);
    await queues.publish([entry('vitrine-busy', 'first'), entry('vitrine-busy', 'second')]);
    await pause(1000);
    expect([reopened.times, consumer.stuckMs]).toEqual([0, 0]);
    release();
    await consumer.close();
    await queues.close();
  }, 60_000);
});
