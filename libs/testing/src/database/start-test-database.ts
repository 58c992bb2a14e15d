import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyMigrations, startEmbeddedPostgres } from '#persistence';
import { findProject } from '#platform';

export interface TestDatabase {
  readonly connectionString: string;
  stop(): Promise<void>;
}

const silent = { info: () => undefined, warn: () => undefined };

/** A real PostgreSQL of its own, migrated, for one spec file. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const home = await mkdtemp(join(tmpdir(), 'vitrine-database-'));
  const postgres = await startEmbeddedPostgres({ home, log: silent });
  const { root } = findProject();
  await applyMigrations({ connectionString: postgres.connectionString, folder: join(root, 'prisma', 'migrations'), log: silent });
  return {
    connectionString: postgres.connectionString,
    stop: async () => {
      await postgres.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
