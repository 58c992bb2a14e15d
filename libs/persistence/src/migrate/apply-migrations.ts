import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { MigrationProblem } from './migration-problem.js';
import { readMigrations, type Migration } from './read-migrations.js';

export interface MigrationOptions {
  readonly connectionString: string;
  /** Holds one folder per migration, each with a migration.sql. */
  readonly folder: string;
  readonly log: { info(message: string): void; warn(message: string): void };
}

/**
 * Applies the migrations that the database does not have yet, each in a transaction of its own, and records them as
 * `prisma migrate deploy` would: either tool takes the other's work for done, and the two never run at once.
 *
 * @returns names of the migrations applied by this call.
 * @throws MigrationProblem when an applied file has changed, when one was left half applied by another tool, when the SQL
 * of one fails (nothing of it is kept), or when the server is older than PostgreSQL 15.
 */
export async function applyMigrations(options: MigrationOptions): Promise<readonly string[]> {
  const migrations = await readMigrations(options.folder);
  const client = new Client({ connectionString: options.connectionString, application_name: 'vitrine migrations' });
  // Without a listener a lost connection would end the process; the query under way rejects with the same error.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await refuseOldServer(client);
    // A quick look first: when nothing is to be done, a start waits for nobody's lock.
    if (findMissing(migrations, await readRecords(client), options).length === 0) return [];
    await client.query('SELECT pg_advisory_lock($1)', [prismaLock]);
    await client.query(recordTable);
    const missing = findMissing(migrations, await readRecords(client), options);
    for (const migration of missing) {
      await applyOne(client, migration);
      options.log.info(`applied migration ${migration.name}`);
    }
    return missing.map(({ name }) => name);
  } finally {
    await client.end(); // gives the lock back too
  }
}

/** The lock Prisma's own engine takes. */
const prismaLock = 72707369;

const recordTable = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id varchar(36) PRIMARY KEY NOT NULL,
  checksum varchar(64) NOT NULL,
  finished_at timestamptz,
  migration_name varchar(255) NOT NULL,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz NOT NULL DEFAULT now(),
  applied_steps_count integer NOT NULL DEFAULT 0
)`;

interface MigrationRecord {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

async function refuseOldServer(client: Client): Promise<void> {
  const { rows } = await client.query<{ number: number }>("SELECT current_setting('server_version_num')::int AS number");
  const number = rows[0]?.number ?? 0;
  if (number < 150_000) {
    throw new MigrationProblem('SERVER_TOO_OLD', `PostgreSQL 15 or newer is needed; this server is ${Math.floor(number / 10_000)}`);
  }
}

async function readRecords(client: Client): Promise<readonly MigrationRecord[]> {
  const { rows } = await client.query<{ present: boolean }>("SELECT to_regclass('_prisma_migrations') IS NOT NULL AS present");
  if (rows[0]?.present !== true) return [];
  const records = await client.query<MigrationRecord>(
    `SELECT migration_name, checksum, finished_at IS NOT NULL AS finished
     FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  return records.rows;
}

/** The migrations without a record, after every record was held against its file. */
function findMissing(
  migrations: readonly Migration[],
  records: readonly MigrationRecord[],
  { folder, log }: MigrationOptions,
): readonly Migration[] {
  const files = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const record of records) {
    const file = files.get(record.migration_name);
    if (!record.finished) {
      throw new MigrationProblem(
        'MIGRATION_UNFINISHED',
        `migration ${record.migration_name} was begun and not finished by another tool; mend the database and mark it with ` +
          '`prisma migrate resolve`, then start again',
      );
    }
    if (file === undefined) {
      log.warn(`the database has migration ${record.migration_name}, which this release does not know: it is newer`);
    } else if (file.checksum !== record.checksum) {
      throw new MigrationProblem(
        'MIGRATION_CHANGED',
        `${folder}/${file.name}/migration.sql is not the file that was applied (SHA-256 ${file.checksum}, applied ` +
          `${record.checksum}); restore it and put the change into a new migration`,
      );
    }
  }
  const applied = new Set(records.map((record) => record.migration_name));
  return migrations.filter(({ name }) => !applied.has(name));
}

async function applyOne(client: Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    const before = await transactionId(client);
    await client.query(sql);
    if ((await transactionId(client)) !== before) {
      throw new MigrationProblem('MIGRATION_FAILED', `migration ${name} ends the transaction it runs in; remove its COMMIT or ROLLBACK`);
    }
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined); // the connection itself may be what failed
    if (error instanceof MigrationProblem) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new MigrationProblem('MIGRATION_FAILED', `migration ${name} failed, nothing of it was kept: ${reason}`, { cause: error });
  }
}

async function transactionId(client: Client): Promise<string | undefined> {
  const { rows } = await client.query<{ id: string }>('SELECT pg_current_xact_id()::text AS id');
  return rows[0]?.id;
}
