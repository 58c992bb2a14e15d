import pg from 'pg';
import { serveFloor } from './serve-floor.js';

/**
 * The least a durable job can cost with the parts that this platform is made of, and nothing else: raw HTTP, one durable insert,
 * the queue's add and process, a claim, a message to a warm child and back, one durable commit with NOTIFY, the answer to whoever
 * waits. No framework, no validation, no seal, no audit, no outbox. `floor.js <connection string> <children>`
 */
const [connectionString = '', children = '1'] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString, max: 10 });
await pool.query('CREATE TABLE IF NOT EXISTS floor_job (id uuid PRIMARY KEY, state text NOT NULL, request bytea NOT NULL, result bytea)');

await serveFloor(
  {
    accept: async (id, body, add) => {
      JSON.parse(body.toString('utf8'));
      const insert = `INSERT INTO floor_job (id, state, request) VALUES ($1, 'QUEUED', $2)`;
      await pool.query({ name: 'insert', text: insert, values: [id, body] });
      await add(id);
    },
    claim: async (id) => {
      const claim = `UPDATE floor_job SET state = 'RUNNING' WHERE id = $1 AND state = 'QUEUED' RETURNING request`;
      return (await pool.query<{ request: Buffer }>({ name: 'claim', text: claim, values: [id] })).rows[0]?.request ?? null;
    },
    commit: async (id, result) => {
      const commit = `WITH done AS (UPDATE floor_job SET state = 'DONE', result = $2 WHERE id = $1 RETURNING id) SELECT pg_notify('floor', id::text) FROM done`;
      await pool.query({ name: 'commit', text: commit, values: [id, Buffer.from(result)] });
    },
    answer: (id) => Promise.resolve({ id }),
  },
  connectionString,
  Number(children),
);
