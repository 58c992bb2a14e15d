import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestDatabase, type TestDatabase } from '#testing';
import pg from 'pg';

// Rows with what a trigger looks at, and no more: whole jobs with webhooks are in the gateway's spec.
let server: TestDatabase;
const clients: pg.Client[] = [];
beforeAll(async () => {
  server = await startTestDatabase();
  for (let count = 0; count < 2; count++) {
    const client = new pg.Client({ connectionString: server.connectionString });
    await client.connect();
    await client.query(`SELECT set_config('vitrine.tenant', '*', false)`);
    clients.push(client);
  }
});
afterAll(async () => {
  for (const client of clients) await client.end();
  await server.stop();
});

describe('a webhook that is removed', () => {
  it('takes no result of a job with it that ends at the same moment', async () => {
    const [remover, worker] = clients;
    if (remover === undefined || worker === undefined) throw new Error('no connections');
    await worker.query(`
      INSERT INTO tenant (id, wrapped_key, actor) VALUES ('default', '', 'x');
      INSERT INTO subject_key (id, tenant_id, actor, wrapped_key) VALUES ('00000000-0000-7000-8000-000000000001', 'default', 'x', '');
      INSERT INTO model (id, tenant_id, actor, name) VALUES ('00000000-0000-7000-8000-000000000002', 'default', 'x', 'toy');
      INSERT INTO model_version (id, tenant_id, actor, model_id, version, state, location)
        VALUES ('00000000-0000-7000-8000-000000000003', 'default', 'x', '00000000-0000-7000-8000-000000000002', '1', 'REJECTED', 'bundled:toy');
      INSERT INTO job (id, tenant_id, actor, method, family, model_name, model_version, model_version_id, model_sha256, priority, seed, cache,
          subject_key_id, request_payload_id, request_commitment, state, deadline_at, request_id)
        VALUES ('00000000-0000-7000-8000-000000000004', 'default', 'x', 'toy', 'shap', 'toy', '1', '00000000-0000-7000-8000-000000000003', '', 'normal', 1,
          'use', '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000005', '', 'RUNNING', now() + interval '1 hour', 'r');
      INSERT INTO webhook (id, tenant_id, actor, url, events, wrapped_secret)
        VALUES ('00000000-0000-7000-8000-000000000006', 'default', 'x', 'https://hooks.example/', '{job.cancelled}', '')`);
    await worker.query('SET ROLE vitrine_app'); // as the platform does: its grants must be enough
    await remover.query('BEGIN');
    await remover.query('SELECT id FROM webhook FOR UPDATE');
    const ended = worker.query(`UPDATE job SET state = 'CANCELLED', finished_at = now() RETURNING state`);
    ended.catch(() => undefined); // looked at below
    // The job's end waits for the remover: only then does it matter what it finds.
    for (;;) {
      const { rows } = await remover.query(`SELECT 1 FROM pg_locks WHERE NOT granted`);
      if (rows.length > 0) break;
    }
    await remover.query('DELETE FROM webhook');
    await remover.query('COMMIT');
    expect((await ended).rows).toEqual([{ state: 'CANCELLED' }]);
    expect((await worker.query('SELECT id FROM webhook_delivery')).rows).toEqual([]);
  });
});
