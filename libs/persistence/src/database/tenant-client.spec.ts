import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestDatabase, type TestDatabase } from '#testing';
import pg from 'pg';
import { Database } from './database.js';
import { assumeRole, beginFor, TenantClient } from './tenant-client.js';

let server: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  server = await startTestDatabase();
  pool = new pg.Pool({ connectionString: server.connectionString, max: 1, Client: TenantClient, verify: assumeRole });
  await inTenant('one', 'BEGIN', `INSERT INTO tenant (id, wrapped_key, actor) VALUES ('one', '', 'x')`);
  await inTenant(odd, 'BEGIN', `INSERT INTO tenant (id, wrapped_key, actor) VALUES ($1, '', 'x')`, [odd]);
});
afterAll(async () => {
  await pool.end();
  await server.stop();
});

const odd = `o'brien\\'; SET ROLE NONE; --`;
const everyTenant = 'SELECT id FROM tenant ORDER BY id';

function inTenant(tenant: string, begin: string | pg.QueryConfig, text: string, values: string[] = []): Promise<unknown[]> {
  return beginFor(tenant, async () => {
    const client = await pool.connect();
    try {
      await client.query(begin as string);
      const { rows } = await client.query<Record<string, unknown>>(text, values);
      await client.query('COMMIT');
      return rows;
    } finally {
      client.release();
    }
  });
}

describe('a transaction', () => {
  it.each(['BEGIN', 'begin isolation level repeatable read', ' start  transaction'])(
    'begun with %p sees its tenant and no other',
    async (begin) => {
      expect(await inTenant('one', begin, everyTenant)).toEqual([{ id: 'one' }]);
    },
  );

  it('keeps what it was begun with', async () => {
    const rows = await inTenant('one', 'BEGIN ISOLATION LEVEL REPEATABLE READ', `SELECT current_setting('transaction_isolation') AS level`);
    expect(rows).toEqual([{ level: 'repeatable read' }]);
  });

  it('begun as the driver adapter begins one sees its tenant and no other', async () => {
    expect(await inTenant('one', { text: 'BEGIN', values: [] }, everyTenant)).toEqual([{ id: 'one' }]);
  });

  it('of a tenant with quotes and statements in its name is that tenant’s', async () => {
    expect(await inTenant(odd, 'BEGIN', everyTenant)).toEqual([{ id: odd }]);
  });

  it('leaves its tenant behind when it ends', async () => {
    await inTenant('one', 'BEGIN', everyTenant);
    expect((await pool.query(everyTenant)).rows).toEqual([]);
  });

  it('cannot begin without a tenant', async () => {
    const client = await pool.connect();
    expect(() => client.query('BEGIN')).toThrow(RangeError);
    client.release();
  });
});

describe('many at once', () => {
  it('see their own tenant, whichever connection they get', async () => {
    const database = new Database({ connectionString: server.connectionString, maxConnections: 3 }, () => undefined);
    const read = (tenant: string) =>
      database.within(tenant, (transaction) => transaction.$queryRaw<{ id: string }[]>`SELECT id FROM tenant`);
    const asked = Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? 'one' : odd));
    const answers = await Promise.all(asked.map(read));
    await database.close();
    expect(answers).toEqual(asked.map((id) => [{ id }]));
  });
});

describe('a session', () => {
  it('has the application’s role from the start', async () => {
    expect((await pool.query('SELECT current_user AS role')).rows).toEqual([{ role: 'vitrine_app' }]);
  });
});
