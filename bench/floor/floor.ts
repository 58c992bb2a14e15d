import { createPostgresBackend, withBackend } from 'bullmq';
import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

/**
 * The least a durable job can cost with the parts that this platform is made of, and nothing else: raw HTTP, one durable insert,
 * the queue's add and process, a claim, a message to a warm child and back, one durable commit with NOTIFY, the answer to whoever
 * waits. No framework, no validation, no seal, no audit, no outbox. `floor.js <connection string> <children>`
 */
const [connectionString = '', children = '1'] = process.argv.slice(2);
const width = Number(children);
const pool = new pg.Pool({ connectionString, max: 10 });
await pool.query('CREATE TABLE IF NOT EXISTS floor_job (id uuid PRIMARY KEY, state text NOT NULL, request bytea NOT NULL, result bytea)');

const onPostgres = withBackend(createPostgresBackend);
const connection = { connectionString, schema: 'floor_queue', migrate: true, max: 4 };
const queue = new onPostgres.Queue<{ jobId: string }>('floor', { connection });

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

const worker = new onPostgres.Worker<{ jobId: string }>('floor', ({ data }) => work(data.jobId), { connection, concurrency: width });
await worker.waitUntilReady();

async function work(id: string): Promise<void> {
  const claim = `UPDATE floor_job SET state = 'RUNNING' WHERE id = $1 AND state = 'QUEUED' RETURNING request`;
  const [claimed] = (await pool.query<{ request: Buffer }>({ name: 'claim', text: claim, values: [id] })).rows;
  if (claimed === undefined) return;
  const child = idle.pop();
  if (child === undefined) throw new Error('no child is idle');
  const answer = once(child, 'message');
  child.send(claimed.request);
  const [result] = (await answer) as [Uint8Array];
  idle.push(child);
  const commit = `WITH done AS (UPDATE floor_job SET state = 'DONE', result = $2 WHERE id = $1 RETURNING id) SELECT pg_notify('floor', id::text) FROM done`;
  await pool.query({ name: 'commit', text: commit, values: [id, Buffer.from(result)] });
}

async function accept(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const body = Buffer.concat(parts);
  JSON.parse(body.toString('utf8'));
  const id = randomUUID();
  await pool.query({ name: 'insert', text: `INSERT INTO floor_job (id, state, request) VALUES ($1, 'QUEUED', $2)`, values: [id, body] });
  const ended = new Promise<void>((resolve) => waiting.set(id, resolve));
  await queue.add('floor', { jobId: id }, { jobId: id, removeOnComplete: true, removeOnFail: true });
  await ended;
  waiting.delete(id);
  return id;
}

const server = createServer((request, response) => {
  void accept(request).then((id) => response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ id })));
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`));
process.on('SIGTERM', () => process.exit(0));
