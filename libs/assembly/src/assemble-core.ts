import { join, resolve, sep } from 'node:path';
import { UploadedFiles } from '#catalog';
import { History, KeyRing, PageTokens } from '#history';
import {
  Database,
  PostgresLeadership,
  PostgresNotices,
  PrismaBaselineStore,
  PrismaDatasetStore,
  PrismaApiKeyStore,
  PrismaBacklogStore,
  PrismaExplanationStore,
  PrismaIdempotencyStore,
  PrismaJobStore,
  PrismaKeyStore,
  PrismaModelStore,
  PrismaRetentionStore,
  PrismaUsageStore,
  PrismaWebhookStore,
} from '#persistence';
import type { Composition } from './composition.js';
import { Metrics, SystemClock, type Clock, type Config, type Logger, type Shutdown } from '#platform';

/** What every process of the platform needs, whichever role it plays. */
export interface Core {
  readonly composition: Composition;
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly database: Database;
  readonly backlog: PrismaBacklogStore;
  readonly jobs: PrismaJobStore;
  readonly models: PrismaModelStore;
  readonly datasets: PrismaDatasetStore;
  readonly baselines: PrismaBaselineStore;
  readonly apiKeys: PrismaApiKeyStore;
  readonly usage: PrismaUsageStore;
  readonly webhooks: PrismaWebhookStore;
  readonly explanations: PrismaExplanationStore;
  readonly answers: PrismaIdempotencyStore;
  readonly retention: PrismaRetentionStore;
  readonly keys: KeyRing;
  readonly history: History;
  readonly pageTokens: PageTokens;
  readonly notices: PostgresNotices;
  readonly leadership: PostgresLeadership;
  /** Uploaded models, below the home that all processes share. */
  readonly modelFiles: UploadedFiles;
  /** The folder of a stored location on this machine. @throws RangeError for a location that leaves the models folder */
  locateModel(location: string): string;
}

export interface CoreOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly shutdown: Shutdown;
  readonly connectionString: string;
  readonly masterKey: Uint8Array;
  readonly composition?: Composition;
}

/** Opens the database and builds the stores over it. Closing is registered with the shutdown. */
export async function assembleCore({
  config,
  logger,
  shutdown,
  connectionString,
  masterKey,
  composition = {},
}: CoreOptions): Promise<Core> {
  const clock = new SystemClock();
  const onError = (error: Error) => logger.warn({ err: error }, 'a database connection was lost');
  const database = new Database({ connectionString, maxConnections: 10 }, onError);
  shutdown.register('close', 'database', () => database.close());
  const notices = new PostgresNotices(connectionString, onError);
  shutdown.register('close', 'notices', () => notices.close());
  await notices.open();
  const leadership = new PostgresLeadership(connectionString, onError);
  shutdown.register('close', 'leadership', () => leadership.close());
  const explanations = new PrismaExplanationStore(database);
  const keys = new KeyRing(new PrismaKeyStore(database), masterKey);
  const modelFiles = new UploadedFiles(join(config.home, 'files'));
  return {
    composition,
    config,
    logger,
    clock,
    database,
    metrics: new Metrics(),
    backlog: new PrismaBacklogStore(database),
    jobs: new PrismaJobStore(database),
    models: new PrismaModelStore(database, clock),
    baselines: new PrismaBaselineStore(database, keys, clock),
    datasets: new PrismaDatasetStore(database, keys, clock),
    apiKeys: new PrismaApiKeyStore(database, clock),
    usage: new PrismaUsageStore(database, clock),
    webhooks: new PrismaWebhookStore(database, clock),
    explanations,
    retention: new PrismaRetentionStore(database),
    answers: new PrismaIdempotencyStore(database),
    keys,
    history: new History(explanations, keys),
    pageTokens: new PageTokens(keys.pageTokenKey()),
    notices,
    leadership,
    modelFiles,
    locateModel: (location) =>
      location.startsWith('uploaded:') ? modelFiles.locate(location) : locateBundled(config.modelsFolder, location),
  };
}

function locateBundled(modelsFolder: string, location: string): string {
  const [scheme, folder, ...rest] = location.split(':');
  if (scheme !== 'bundled' || folder === undefined || folder === '' || rest.length > 0)
    throw new RangeError('unknown kind of model location');
  const path = resolve(join(modelsFolder, folder));
  if (!path.startsWith(resolve(modelsFolder) + sep)) throw new RangeError('a model location leaves the models folder');
  return path;
}
