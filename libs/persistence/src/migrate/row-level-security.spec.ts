import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestDatabase, type TestDatabase } from '#testing';
import pg from 'pg';

/** Written by the migrations themselves, for the platform alone. */
const ledgers = ['_prisma_migrations'];

let server: TestDatabase;
let raw: pg.Client;
let tables: string[];
let forced: string[];

interface Column {
  readonly name: string;
  readonly type: string;
}

/** A value of each type that tables have; a table with a type that is not here fails. */
const samples: Readonly<Record<string, string>> = {
  uuid: `gen_random_uuid()`,
  text: `'x'`,
  int4: `1`,
  int8: `1`,
  int2: `1`,
  float4: `1`,
  float8: `1`,
  numeric: `1`,
  bool: `false`,
  bytea: `'\\x00'`,
  jsonb: `'{}'`,
  json: `'{}'`,
  date: `current_date`,
  timestamptz: `now()`,
};

/** Names of array types start with an underscore. */
const sampleOf = (type: string) => (type.startsWith('_') ? `'{}'` : samples[type]);

const tenantColumn = (table: string) => (table === 'tenant' ? 'id' : 'tenant_id');

beforeAll(async () => {
  server = await startTestDatabase();
  raw = new pg.Client({ connectionString: server.connectionString });
  await raw.connect();
  const found = await raw.query<{ name: string }>(`
    SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname = 'public' ORDER BY 1`);
  tables = found.rows.map((row) => row.name).filter((name) => !ledgers.includes(name));
  forced = await readForced();
  await fillEveryTable();
}, 60_000);

afterAll(async () => {
  await raw.end();
  await server.stop();
});

/**
 * One row of tenant `mine` in every table, whatever its rules: only the walls between tenants are tried here. The owner,
 * whom no policy lets in, steps around them for this one insert.
 */
async function fillEveryTable(): Promise<void> {
  const rules = await raw.query<{ drop: string }>(`
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', conrelid::regclass, conname) AS drop
    FROM pg_constraint WHERE contype IN ('c', 'f') AND conrelid <> 0 AND connamespace = 'public'::regnamespace`);
  for (const { drop } of rules.rows) await raw.query(drop);
  for (const table of tables) {
    const columns = await requiredColumns(table);
    const values = columns.map(({ name, type }) => {
      if (name === tenantColumn(table)) return `'mine'`;
      const sample = sampleOf(type);
      if (sample === undefined) throw new Error(`${table}.${name} has the type ${type}: give it a sample`);
      return sample;
    });
    await raw.query(`ALTER TABLE "${table}" DISABLE TRIGGER USER`);
    await raw.query(`ALTER TABLE "${table}" NO FORCE ROW LEVEL SECURITY`);
    await raw.query(`INSERT INTO "${table}" (${columns.map((column) => `"${column.name}"`).join(', ')}) VALUES (${values.join(', ')})`);
    if (forced.includes(table)) await raw.query(`ALTER TABLE "${table}" FORCE ROW LEVEL SECURITY`);
  }
}

async function readForced(): Promise<string[]> {
  const { rows } = await raw.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
     WHERE relname = ANY($1) AND relnamespace = 'public'::regnamespace AND relrowsecurity AND relforcerowsecurity`,
    [tables],
  );
  return rows.map((row) => row.name).sort();
}

async function requiredColumns(table: string): Promise<Column[]> {
  const { rows } = await raw.query<Column>(
    `SELECT column_name AS name, udt_name AS type FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER'
       AND ((is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO') OR column_name = $2)`,
    [table, tenantColumn(table)],
  );
  return rows;
}

/** Runs as the role of the application, under a tenant or none; whatever happened is undone. */
async function asApplication<T>(tenant: string | null, work: () => Promise<T>): Promise<T> {
  await raw.query('BEGIN');
  try {
    await raw.query('SET LOCAL ROLE vitrine_app');
    if (tenant !== null) await raw.query(`SELECT set_config('vitrine.tenant', $1, true)`, [tenant]);
    return await work();
  } finally {
    await raw.query('ROLLBACK');
  }
}

const count = async (table: string) => Number((await raw.query<{ n: string }>(`SELECT count(*) AS n FROM "${table}"`)).rows[0]?.n);

async function refusal(statement: string): Promise<string> {
  await raw.query('SAVEPOINT attempt');
  try {
    const { rowCount } = await raw.query(statement);
    return `${rowCount ?? 0} rows`;
  } catch (error) {
    await raw.query('ROLLBACK TO attempt');
    return String((error as { code?: unknown }).code);
  }
}

const DENIED = '42501'; // insufficient_privilege: a policy, or a right that was never granted

describe('row-level security', () => {
  it('is on and forced for every table', () => {
    expect(forced).toEqual([...tables].sort());
    expect(tables.length).toBeGreaterThan(10);
  });

  it('binds the role of the application, which owns nothing and cannot step around it', async () => {
    const { rows } = await raw.query(`
      SELECT rolsuper, rolbypassrls, rolcanlogin, (SELECT count(*)::int FROM pg_class WHERE relowner = r.oid) AS owned
      FROM pg_roles r WHERE rolname = 'vitrine_app'`);
    expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false, rolcanlogin: false, owned: 0 }]);
  });

  it('shows no row of any table without a tenant, or to another tenant', async () => {
    for (const tenant of [null, '', 'other']) {
      await asApplication(tenant, async () => {
        for (const table of tables) expect([tenant, table, await count(table)]).toEqual([tenant, table, 0]);
      });
    }
  });

  it('shows a tenant its own row, so that the emptiness above means something', async () => {
    await asApplication('mine', async () => {
      for (const table of tables) expect([table, await count(table)]).toEqual([table, 1]);
    });
  });

  it('lets no tenant write a row of another', async () => {
    await asApplication('other', async () => {
      for (const table of tables) {
        const columns = await requiredColumns(table);
        const values = columns.map(({ name, type }) => (name === tenantColumn(table) ? `'mine'` : sampleOf(type)));
        const insert = `INSERT INTO "${table}" (${columns.map((column) => `"${column.name}"`).join(', ')}) VALUES (${values.join(', ')})`;
        expect([table, await refusal(insert)]).toEqual([table, DENIED]);
        for (const change of [`UPDATE "${table}" SET "${tenantColumn(table)}" = 'other'`, `DELETE FROM "${table}"`])
          expect([table, change, await refusal(change)]).toEqual([table, change, expect.stringMatching(/^(0 rows|42501)$/)]);
      }
    });
  });

  it('lets no tenant give a row away', async () => {
    await asApplication('mine', async () => {
      for (const table of tables)
        expect([table, await refusal(`UPDATE "${table}" SET "${tenantColumn(table)}" = 'other'`)]).toEqual([
          table,
          expect.stringMatching(/^(42501|23\w{3})$/), // refused by a policy or right, or by a rule of the table
        ]);
    });
  });
});
