import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../embedded/index.js';
import { applyMigrations } from './apply-migrations.js';

jest.setTimeout(60_000); // a first start makes a cluster

const quiet = { info: () => undefined, warn: () => undefined };
const trigger = `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'insert-only; no change';
END
$$;
CREATE TRIGGER note_insert_only BEFORE UPDATE ON note FOR EACH ROW EXECUTE FUNCTION refuse();
`;

let home: string;
let database: EmbeddedPostgres;
let client: Client;
let folder: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'vitrine-migrate-'));
  database = await startEmbeddedPostgres({ home, log: quiet });
  client = new Client({ connectionString: database.connectionString });
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await database.stop();
  await rm(home, { recursive: true });
});

beforeEach(async () => {
  await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  folder = await mkdtemp(join(home, 'migrations-'));
  await write('20260101000000_first', 'CREATE TABLE note (text text NOT NULL);');
  await write('20260102000000_trigger', trigger);
});

async function write(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, 'migration.sql'), sql);
}

const apply = (log = quiet): Promise<readonly string[]> => applyMigrations({ connectionString: database.connectionString, folder, log });

async function names(): Promise<readonly string[]> {
  const { rows } = await client.query<{ migration_name: string }>('SELECT migration_name FROM _prisma_migrations ORDER BY started_at');
  return rows.map((row) => row.migration_name);
}

describe('applyMigrations', () => {
  it('applies every file in order, bodies in dollar quotes included, and does nothing the second time', async () => {
    expect(await apply()).toEqual(['20260101000000_first', '20260102000000_trigger']);
    await client.query("INSERT INTO note VALUES ('a')");
    await expect(client.query("UPDATE note SET text = 'b'")).rejects.toThrow('insert-only; no change');
    expect(await apply()).toEqual([]);
    expect(await names()).toEqual(['20260101000000_first', '20260102000000_trigger']);
  });

  it('records what Prisma records: SHA-256 of the bytes, one step, both times', async () => {
    await apply();
    const bytes = await readFile(join(folder, '20260102000000_trigger', 'migration.sql'));
    const { rows } = await client.query("SELECT * FROM _prisma_migrations WHERE migration_name = '20260102000000_trigger'");
    expect(rows[0]).toMatchObject({
      checksum: createHash('sha256').update(bytes).digest('hex'),
      applied_steps_count: 1,
      rolled_back_at: null,
      started_at: expect.any(Date),
      finished_at: expect.any(Date),
    });
  });

  it('applies only what is new', async () => {
    await apply();
    await write('20260103000000_more', 'ALTER TABLE note ADD COLUMN at timestamptz');
    expect(await apply()).toEqual(['20260103000000_more']);
  });

  it('refuses an applied file that has changed, and applies nothing after it', async () => {
    await apply();
    await write('20260101000000_first', 'CREATE TABLE note (text text); -- mended');
    await write('20260103000000_more', 'CREATE TABLE other ()');
    await expect(apply()).rejects.toMatchObject({ code: 'MIGRATION_CHANGED', message: expect.stringContaining('20260101000000_first') });
    expect(await names()).toHaveLength(2);
  });

  it('keeps nothing of a file that fails half-way, and what came before it', async () => {
    await write('20260103000000_broken', 'CREATE TABLE half (); SELECT 1 / 0;');
    await expect(apply()).rejects.toMatchObject({ code: 'MIGRATION_FAILED', message: expect.stringContaining('division by zero') });
    expect(await names()).toEqual(['20260101000000_first', '20260102000000_trigger']);
    expect((await client.query("SELECT to_regclass('half') AS half")).rows[0]).toEqual({ half: null });
  });

  it('refuses a file that ends its own transaction', async () => {
    await write('20260103000000_commit', 'CREATE TABLE half (); COMMIT;');
    await expect(apply()).rejects.toMatchObject({ code: 'MIGRATION_FAILED', message: expect.stringContaining('COMMIT') });
    expect(await names()).toHaveLength(2);
  });

  it('refuses a database in which another tool left a migration unfinished', async () => {
    await apply();
    await client.query("UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name LIKE '%_trigger'");
    await expect(apply()).rejects.toMatchObject({ code: 'MIGRATION_UNFINISHED' });
  });

  it('says that a database is newer than the release, and goes on', async () => {
    await apply();
    await rm(join(folder, '20260102000000_trigger'), { recursive: true });
    const warnings: string[] = [];
    expect(await apply({ ...quiet, warn: (message?: string) => void warnings.push(String(message)) })).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('20260102000000_trigger')]);
  });

  it('lets four starts at once apply each file once', async () => {
    const applied = await Promise.all([apply(), apply(), apply(), apply()]);
    expect(applied.flat().sort()).toEqual(['20260101000000_first', '20260102000000_trigger']);
    expect(await names()).toHaveLength(2);
  });
});
