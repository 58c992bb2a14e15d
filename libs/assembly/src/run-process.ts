import type { QueueBackend } from '#jobs';
import { ConfigProblem, createLogger, loadConfig, settleHeap, Shutdown, stopOnSignal } from '#platform';
import { assembleCore, type Core } from './assemble-core.js';
import type { Composition } from './composition.js';
import { assembleQueueBackend } from './assemble-queue.js';
import { exitOnFailure } from './exit-on-failure.js';

const GRACE_MS = 10_000;

export interface ProcessParts {
  readonly core: Core;
  readonly backend: QueueBackend;
  readonly shutdown: Shutdown;
  readonly databaseUrl: string;
}

/** One process of the distributed shape, from settings to signals; `start` gives it its role and answers the line that says it is ready. */
export async function runProcess(
  app: string,
  start: (parts: ProcessParts) => Promise<string>,
  composition: Composition = {},
): Promise<void> {
  const shutdown = new Shutdown();
  await exitOnFailure(shutdown, async () => {
    const config = loadConfig();
    if (config.shape !== 'distributed')
      throw new ConfigProblem([
        `${app} belongs to the distributed shape: set DATABASE_URL and REDIS_URL, or start everything in one process with npm start.`,
      ]);
    const secrets = [config.databaseUrl, config.redisUrl, ...(config.adminKey === null ? [] : [config.adminKey])];
    const logger = createLogger({ level: config.logLevel, app, secrets });
    for (const warning of config.warnings) logger.warn(warning);
    stopOnSignal(shutdown, { graceMs: GRACE_MS, logger });
    const { databaseUrl: connectionString, masterKey } = config;
    const core = await assembleCore({ config, logger, shutdown, connectionString, masterKey, composition });
    const backend = assembleQueueBackend(core, { kind: 'redis', url: config.redisUrl });
    const ready = await start({ core, backend, shutdown, databaseUrl: config.databaseUrl });
    settleHeap();
    process.stdout.write(`${ready}\n`);
  });
}
