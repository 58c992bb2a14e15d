import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { guaranteedTables } from './guaranteed-tables.js';
import { serveFloor } from './serve-floor.js';

/**
 * The floor program with the guarantees that this platform gives, and still nothing else: no framework, no validation of a request, no
 * model, no metrics, no log. A job's row, request, key, outbox entry and audit leaf are one transaction; a relay publishes and marks it;
 * a claim has an epoch, a lease and an attempt; request and result rest sealed under a key of their subject; the commit is fenced and
 * stores the explanation with its words, the audit leaf and the attempt's end; each change of state is a numbered event; row-level
 * security stands on every table. `guaranteed-floor.js <connection string> <children>`
 */
const [connectionString = '', children = '1'] = process.argv.slice(2);
const TENANT = 'default';
const tenantKey = randomBytes(32);

const setUp = new pg.Client({ connectionString });
await setUp.connect();
await setUp.query(guaranteedTables);
await setUp.end();

const assumeRole = (client: pg.ClientBase, done: (error?: Error) => void) =>
  void client.query('SET ROLE floor_app').then(() => done(), done);
const pool = new pg.Pool({ connectionString, max: 10, pipeline: true, verify: assumeRole });

/** One transaction of one statement, in one round trip. */
async function run<T extends pg.QueryResultRow>(name: string, text: string, values: unknown[]): Promise<T[]> {
  const client = await pool.connect();
  try {
    client.connection.stream.cork();
    const answers = [
      client.query(`BEGIN; SET LOCAL floor.tenant = '${TENANT}'`),
      client.query<T>({ name, text, values }),
      client.query('COMMIT'),
    ] as const;
    client.connection.stream.uncork();
    return (await Promise.all(answers))[1].rows;
  } finally {
    client.release();
  }
}

function seal(key: Uint8Array, bytes: Uint8Array): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

function unseal(key: Uint8Array, sealed: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
  decipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
}

function leafOf(event: string, id: string, bytes: Uint8Array): Buffer {
  const commitment = createHmac('sha256', tenantKey).update(bytes).digest('hex');
  return Buffer.from(JSON.stringify({ actor: 'local', at: new Date(), commitment, event, id: randomUUID(), subject: id, tenant: TENANT }));
}

/** Keyed hashes of the words of a request, as they rest in the index. */
function termsOf(text: string): bigint[] {
  const words = new Set(text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? []);
  return [...words].map((word) => createHmac('sha256', tenantKey).update(word).digest().readBigInt64BE());
}

const create = `
  WITH key AS (INSERT INTO floor.subject_key (id, tenant, wrapped) VALUES ($2, $1, $3)),
  request AS (INSERT INTO floor.payload (id, tenant, key_id, kind, sealed) VALUES ($4, $1, $2, 'request', $5)),
  line AS (INSERT INTO floor.outbox (tenant, job_id, epoch) VALUES ($1, $6, 0)),
  leaf AS (INSERT INTO floor.leaf (tenant, record) VALUES ($1, $7)),
  event AS (INSERT INTO floor.event (job_id, sequence, tenant, state) VALUES ($6, 1, $1, 'QUEUED'))
  INSERT INTO floor.job (id, tenant, state, key_id, payload_id) VALUES ($6, $1, 'QUEUED', $2, $4) RETURNING id, created_at, pg_notify('floor_outbox', '')`;
const unsent = `SELECT id, job_id FROM floor.outbox WHERE sent_at IS NULL ORDER BY id LIMIT 200`;
const mark = `UPDATE floor.outbox SET sent_at = clock_timestamp() WHERE id = ANY($1::bigint[])`;
const claim = `
  WITH claimed AS (
    UPDATE floor.job SET state = 'RUNNING', epoch = epoch + 1, sequence = sequence + 1, lease_until = clock_timestamp() + interval '15 s'
    WHERE id = $1 AND (state = 'QUEUED' OR state = 'RUNNING' AND lease_until <= clock_timestamp()) RETURNING id, tenant, epoch, sequence, key_id, payload_id
  ), sent AS (DELETE FROM floor.outbox WHERE job_id = $1),
  attempt AS (INSERT INTO floor.attempt (job_id, number, tenant, started_at) SELECT id, epoch, tenant, clock_timestamp() FROM claimed),
  event AS (INSERT INTO floor.event (job_id, sequence, tenant, state) SELECT id, sequence, tenant, 'RUNNING' FROM claimed)
  SELECT claimed.epoch, k.id AS key, k.wrapped, p.sealed
  FROM claimed JOIN floor.subject_key k ON k.id = claimed.key_id JOIN floor.payload p ON p.id = claimed.payload_id`;
const commit = `
  WITH ended AS (
    UPDATE floor.job SET state = 'SUCCEEDED', sequence = sequence + 1, lease_until = NULL WHERE id = $1 AND epoch = $2 AND state = 'RUNNING'
    RETURNING id, tenant, key_id, sequence
  ), stored AS (INSERT INTO floor.payload (id, tenant, key_id, kind, sealed) SELECT $3, tenant, key_id, 'result', $4 FROM ended),
  made AS (
    INSERT INTO floor.explanation (id, tenant, job_id, payload_id, hash) SELECT $5, tenant, id, $3, $6 FROM ended RETURNING id, tenant, created_at
  ), words AS (INSERT INTO floor.term (tenant, term, created_at, explanation_id) SELECT tenant, t, created_at, id FROM made, unnest($7::bigint[]) t),
  leaf AS (INSERT INTO floor.leaf (tenant, record) SELECT tenant, $8 FROM ended),
  event AS (INSERT INTO floor.event (job_id, sequence, tenant, state) SELECT id, sequence, tenant, 'SUCCEEDED' FROM ended),
  attempt AS (UPDATE floor.attempt SET ended_at = clock_timestamp() WHERE job_id = $1 AND number = $2)
  SELECT pg_notify('floor', id::text) FROM ended`;

const held = new Map<string, { readonly epoch: number; readonly key: Buffer; readonly request: Buffer }>();

const { add } = await serveFloor(
  {
    accept: async (id, body) => {
      const { input } = JSON.parse(body.toString('utf8')) as { input: unknown };
      const key = randomBytes(32);
      const request = Buffer.from(JSON.stringify(input));
      await run('create', create, [
        TENANT,
        randomUUID(),
        seal(tenantKey, key),
        randomUUID(),
        seal(key, body),
        id,
        leafOf('submit', id, request),
      ]);
    },
    claim: async (id) => {
      const [row] = await run<{ epoch: number; wrapped: Buffer; sealed: Buffer }>('claim', claim, [id]);
      if (row === undefined) return null;
      const key = unseal(tenantKey, row.wrapped);
      const request = unseal(key, row.sealed);
      held.set(id, { epoch: row.epoch, key, request });
      return request;
    },
    commit: async (id, result) => {
      const job = held.get(id);
      if (job === undefined) throw new Error('a job is claimed before it is committed');
      held.delete(id);
      const hash = createHash('sha256').update(result).digest();
      const terms = termsOf(job.request.toString('utf8'));
      const sealed = seal(job.key, result);
      await run('commit', commit, [id, job.epoch, randomUUID(), sealed, randomUUID(), hash, terms, leafOf('complete', id, hash)]);
    },
    answer: async (id) => (await run('answer', 'SELECT * FROM floor.job WHERE id = $1', [id]))[0],
  },
  connectionString,
  Number(children),
);

let relaying = false;
let again = false;
async function relay(): Promise<void> {
  again = true;
  if (relaying) return;
  relaying = true;
  while (again) {
    again = false;
    const lines = await run<{ id: string; job_id: string }>('unsent', unsent, []);
    if (lines.length === 0) continue;
    await Promise.all(lines.map((line) => add(line.job_id)));
    await run('mark', mark, [lines.map(({ id }) => id)]);
  }
  relaying = false;
}
const outbox = new pg.Client({ connectionString });
await outbox.connect();
outbox.on('notification', () => void relay());
await outbox.query('LISTEN floor_outbox');
