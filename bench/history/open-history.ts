import { join } from 'node:path';
import { localPrincipal } from '#access';
import { loadMasterKey } from '#assembly';
import { isActive } from '#catalog';
import { KeyRing } from '#history';
import { applyMigrations, Database, PrismaKeyStore, PrismaModelStore, startEmbeddedPostgres } from '#persistence';
import { SystemClock, type Config } from '#platform';
import { seedHistory, type SeedModel } from '#testing';
import pg from 'pg';

const silent = { info: () => undefined, warn: () => undefined };

/** The database of a home that is not running, or of the distributed shape, opened for seeding. */
export async function openHistory(config: Config) {
  const postgres = config.shape === 'embedded' ? await startEmbeddedPostgres({ home: config.home, log: silent }) : null;
  const connectionString = config.shape === 'embedded' ? (postgres?.connectionString ?? '') : config.databaseUrl;
  await applyMigrations({ connectionString, folder: join(config.projectRoot, 'prisma', 'migrations'), log: silent });
  const database = new Database({ connectionString, maxConnections: 2 }, () => undefined);
  const keys = new KeyRing(new PrismaKeyStore(database), config.masterKey ?? (await loadMasterKey(config.home)));
  const clock = new SystemClock();
  return {
    database,
    keys,
    async seed(explanations: number, seed: number, onDone: (done: number) => void): Promise<void> {
      const models = await findModels(new PrismaModelStore(database, clock));
      await seedHistory({
        connectionString,
        keys,
        models,
        explanations,
        seed,
        until: clock.now(),
        onStored: (_items, done) => onDone(done),
      });
      const client = new pg.Client({ connectionString });
      await client.connect();
      await client.query('VACUUM ANALYZE'); // as autovacuum would within minutes
      await client.end();
    },
    async close(): Promise<void> {
      await database.close();
      await postgres?.stop();
    },
  };
}

async function findModels(store: PrismaModelStore): Promise<SeedModel[]> {
  const found: SeedModel[] = [];
  for (const { name } of await store.listModels(localPrincipal.tenant))
    for (const version of await store.listVersions(localPrincipal.tenant, name)) {
      const classes = isActive(version) ? version.description.classes : [];
      if (!isActive(version) || classes.length === 0) continue;
      const task = version.description.task.startsWith('text') ? 'text' : 'tabular';
      found.push({ name, version: version.version, versionId: version.id, sha256: version.sha256, task, classes });
    }
  // Texts first: the first models get most explanations.
  found.sort((a, b) => (a.task === b.task ? 0 : a.task === 'text' ? -1 : 1));
  if (found.length > 0) return found;
  throw new Error(
    'there is no ACTIVE classifier to seed explanations of: start Vitrine once on this home (npm start), stop it, and seed again',
  );
}
