import { createPostgresBackend, withBackend } from 'bullmq';
import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

export type Add = (id: string) => Promise<unknown>;

/** What a floor program stores, and how. */
export interface FloorSteps {
  /** Stores what was posted; queues it, or has it queued. */
  accept(id: string, body: Buffer, add: Add): Promise<void>;
  /** The request of a job that is now ours, or null. */
  claim(id: string): Promise<Uint8Array | null>;
  /** Stores the result; tells channel `floor` the id. */
  commit(id: string, result: Uint8Array): Promise<void>;
  /** Of whoever waits, after the notice. */
  answer(id: string): Promise<unknown>;
}

/** What every floor program has: raw HTTP, the queue's add and process, a message to a warm child and back, an answer to whoever waits. */
export async function serveFloor(steps: FloorSteps, connectionString: string, width: number): Promise<{ readonly add: Add }> {
  const onPostgres = withBackend(createPostgresBackend);
  const connection = { connectionString, schema: 'floor_queue', migrate: true, max: 4 };
  const queue = new onPostgres.Queue<{ jobId: string }>('floor', { connection });
  const add: Add = (id) => queue.add('floor', { jobId: id }, { jobId: id, removeOnComplete: true, removeOnFail: true });

  const idle: ChildProcess[] = [];
  for (let count = 0; count < width; count++) {
    const child = fork(fileURLToPath(new URL('./floor-child.js', import.meta.url)), [], { serialization: 'advanced' });
    await once(child, 'spawn');
    idle.push(child);
  }

  const waiting = new Map<string, () => void>();
  const listener = new pg.Client({ connectionString });
  await listener.connect();
  listener.on('notification', ({ payload }) => waiting.get(payload ?? '')?.());
  await listener.query('LISTEN floor');

  const work = async (id: string): Promise<void> => {
    const request = await steps.claim(id);
    if (request === null) return;
    const child = idle.pop();
    if (child === undefined) throw new Error('no child is idle');
    const answer = once(child, 'message');
    child.send(request);
    const [result] = (await answer) as [Uint8Array];
    idle.push(child);
    await steps.commit(id, result);
  };
  const worker = new onPostgres.Worker<{ jobId: string }>('floor', ({ data }) => work(data.jobId), { connection, concurrency: width });
  await worker.waitUntilReady();

  const serve = async (request: IncomingMessage): Promise<unknown> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const id = randomUUID();
    const ended = new Promise<void>((resolve) => waiting.set(id, resolve));
    await steps.accept(id, body, add);
    await ended;
    waiting.delete(id);
    return steps.answer(id);
  };
  const server = createServer((request, response) => {
    void serve(request).then((answer) => response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(answer)));
  });
  server.listen(0, '127.0.0.1', () => process.stdout.write(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`));
  process.on('SIGTERM', () => process.exit(0));
  return { add };
}
