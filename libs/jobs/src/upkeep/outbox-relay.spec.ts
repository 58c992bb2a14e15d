import { expect, it } from '@jest/globals';
import { createLogger } from '#platform';
import { MemoryDatabase, MemoryJobStore, MemoryNotices } from '#testing';
import { uuidv7 } from 'uuidv7';
import { JobQueues } from '../queue/job-queues.js';
import { QueueBackend, type OpenQueue } from '../queue/queue-backend.js';
import type { OutboxEntry } from '../store/job-store.js';
import { OutboxRelay } from './outbox-relay.js';

const entry: OutboxEntry = { id: 1n, jobId: uuidv7(), epoch: 0, queue: 'vitrine-shap', method: 'kernel-shap', priority: 10, turn: 0 };

/** An outbox with one entry that is never sent. */
class FullOutbox extends MemoryJobStore {
  looks = 0;

  override takeUnsent(): Promise<readonly OutboxEntry[]> {
    this.looks += 1;
    return Promise.resolve([entry]);
  }
}

/** As a queue answers once its connection is lost. */
class LostBackend extends QueueBackend {
  override openQueue(): OpenQueue {
    const refuse = () => Promise.reject(new Error('Connection is closed.'));
    return { add: refuse, addBulk: refuse, getJob: refuse, getJobCounts: refuse, close: () => Promise.resolve() };
  }
}

it('makes one attempt, not one for each new job, while the queue is away', async () => {
  const notices = new MemoryNotices();
  const jobs = new FullOutbox(new MemoryDatabase(notices));
  const queues = new JobQueues(new LostBackend({ kind: 'redis', url: '' }, () => undefined));
  let warned: () => void = () => undefined;
  const failed = new Promise<void>((resolve) => (warned = resolve));
  const logger = createLogger({ level: 'warn', app: 'spec', destination: { write: () => warned() } });
  const relay = new OutboxRelay(jobs, queues, { holds: () => Promise.resolve(true) }, notices, logger);
  relay.start();
  await failed;
  for (let job = 0; job < 20; job++) {
    notices.notifyOutbox();
    await new Promise(setImmediate);
  }
  expect(jobs.looks).toBe(1);
  await relay.stop();
  await queues.close();
});
