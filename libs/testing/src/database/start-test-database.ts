import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { applyMigrations, startEmbeddedPostgres } from '#persistence';

export interface TestDatabase {
  readonly connectionString: string;
  stop(): Promise<void>;
}

const silent = { info: () => undefined, warn: () => undefined };

/** A real PostgreSQL of its own, migrated, for one spec file. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const home = await mkdtemp(join(tmpdir(), 'vitrine-database-'));
  const postgres = await startEmbeddedPostgres({ home, log: silent });
  const project = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');
  await applyMigrations({ connectionString: postgres.connectionString, folder: join(project, 'prisma', 'migrations'), log: silent });
  return {
    connectionString: postgres.connectionString,
    stop: async () => {
      await postgres.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
