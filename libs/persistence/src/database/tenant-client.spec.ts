import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestDatabase, type TestDatabase } from '#testing';
import { StoreUnavailable } from '#jobs';
import pg from 'pg';
import { Prisma } from '../generated/client.js';
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

describe('a transaction of one statement', () => {
  let database: Database;
  beforeAll(() => {
    database = new Database({ connectionString: server.connectionString, maxConnections: 3 }, () => undefined);
  });
  afterAll(() => database.close());
  const read = (tenant: string) => database.run<{ id: string }>(tenant, Prisma.sql`SELECT id FROM tenant ORDER BY id`);

  it('sees its own tenant, whichever connection it gets and whatever else it is called', async () => {
    const asked = Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? 'one' : odd));
    expect(await Promise.all(asked.map(read))).toEqual(asked.map((id) => [{ id }]));
  });

  it('writes all or nothing, and leaves a connection that goes on', async () => {
    const add = (actor: string) =>
      database.run(
        'new',
        Prisma.sql`
      WITH added AS (INSERT INTO tenant (id, wrapped_key, actor) VALUES ('new', '', ${actor}) RETURNING 1) SELECT 1 / ${0}::integer FROM added`,
      );
    await expect(add('x')).rejects.toMatchObject({ code: '22012' });
    expect(await read('new')).toEqual([]);
    await database.run('new', Prisma.sql`INSERT INTO tenant (id, wrapped_key, actor) VALUES ('new', '', 'x')`);
    expect(await read('new')).toEqual([{ id: 'new' }]);
  });

  it('cannot write for another tenant', async () => {
    const foreign = Prisma.sql`INSERT INTO tenant (id, wrapped_key, actor) VALUES ('other', '', 'x')`;
    await expect(database.run('one', foreign)).rejects.toMatchObject({ code: '42501' });
  });

  it('that is prepared keeps to the tenant of each call', async () => {
    const prepared = (tenant: string) => database.run<{ id: string }>(tenant, Prisma.sql`/* spec-tenants */ SELECT id FROM tenant`);
    for (let round = 0; round < 20; round++)
      expect(await Promise.all([prepared('one'), prepared(odd), prepared('one')])).toEqual([
        [{ id: 'one' }],
        [{ id: odd }],
        [{ id: 'one' }],
      ]);
  });

  it('gives what `$queryRaw` gives', async () => {
    const values = Prisma.sql`
      SELECT 9007199254740993::bigint AS big, 7::integer AS small, 0.1::double precision AS real, true AS yes, NULL::text AS none,
        '2026-11-26T01:02:03.456Z'::timestamptz AS at, '\\x00ff10'::bytea AS bytes, ${['a', 'b"c', '']}::text[] AS words, (${[1n, 2n]}::bigint[])[2] AS second,
        '{"a":[1,null]}'::jsonb AS json, ${new Date(5)}::timestamptz AS given, ${new Uint8Array([1, 0, 255])}::bytea AS given_bytes`;
    const [direct] = await database.run('one', values);
    const [byPrisma] = await database.within('one', (transaction) => transaction.$queryRaw<Record<string, unknown>[]>(values));
    const plain = (row: Record<string, unknown> | undefined) =>
      Object.fromEntries(Object.entries(row ?? {}).map(([key, value]) => [key, value instanceof Uint8Array ? [...value] : value]));
    expect(plain(direct)).toEqual(plain(byPrisma));
    expect(plain(direct)).toMatchObject({
      big: 9007199254740993n,
      at: new Date('2026-11-26T01:02:03.456Z'),
      bytes: [0, 255, 16],
      second: 2n,
    });
  });

  it('may be prepared once and sent both ways on one connection', async () => {
    const one = new Database({ connectionString: server.connectionString, maxConnections: 1 }, () => undefined);
    const statement = (id: string) => Prisma.sql`/* spec-both */ SELECT id FROM tenant WHERE id = ${id}`;
    const byPrisma = () => one.within('one', (transaction) => transaction.$queryRaw<{ id: string }[]>(statement('one')));
    const answers = [await one.run('one', statement('one')), await byPrisma(), await one.run(odd, statement(odd)), await byPrisma()];
    expect(answers).toEqual([[{ id: 'one' }], [{ id: 'one' }], [{ id: odd }], [{ id: 'one' }]]);
    await one.close();
  });

  it('says that the database is away', async () => {
    const away = new Database({ connectionString: 'postgres://nobody@127.0.0.1:1/none', maxConnections: 1 }, () => undefined);
    await expect(away.run('one', Prisma.sql`SELECT 1`)).rejects.toBeInstanceOf(StoreUnavailable);
    await away.close();
  });
});

describe('a session', () => {
  it('has the application’s role from the start', async () => {
    expect((await pool.query('SELECT current_user AS role')).rows).toEqual([{ role: 'vitrine_app' }]);
  });
});
