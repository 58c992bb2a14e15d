import { mkdir } from 'node:fs/promises';
import {
  assembleCore,
  assembleGateway,
  assembleProcessor,
  assembleQueueBackend,
  assembleRunner,
  expectFreePort,
  listen,
  loadMasterKey,
  registerDatasets,
  registerModels,
  startUpkeep,
  startValidator,
  startWorkers,
  type Composition,
} from '#assembly';
import { explainers } from '#explainers';
import { applyMigrations, startEmbeddedPostgres } from '#persistence';
import { ConfigProblem, type Config, type Logger, type Shutdown } from '#platform';
import { join } from 'node:path';
import { AttentionWorkerModule } from '../../attention-worker/src/attention-worker.module.js';
import { GradientWorkerModule } from '../../gradient-worker/src/gradient-worker.module.js';
import { createGateway } from '../../gateway/src/gateway.module.js';
import { GlobalWorkerModule } from '../../global-worker/src/global-worker.module.js';
import { LimeWorkerModule } from '../../lime-worker/src/lime-worker.module.js';
import { ShapWorkerModule } from '../../shap-worker/src/shap-worker.module.js';

/** The whole platform in one process tree: embedded PostgreSQL, gateway, every worker family, one pool of children. */
export async function startStandalone(
  config: Config,
  logger: Logger,
  shutdown: Shutdown,
  composition: Composition = {},
): Promise<{ readonly url: string }> {
  if (config.shape !== 'embedded')
    throw new ConfigProblem([
      'npm start is the embedded shape, and DATABASE_URL and REDIS_URL are set. Unset both, or start the gateway and the worker apps as processes of their own.',
    ]);
  await expectFreePort(config);
  await mkdir(config.home, { recursive: true, mode: 0o700 });
  const postgres = await startEmbeddedPostgres({ home: config.home, log: logger });
  shutdown.register('close', 'embedded PostgreSQL', () => postgres.stop());
  if (postgres.note !== undefined) logger.warn(postgres.note);
  await applyMigrations({
    connectionString: postgres.connectionString,
    folder: join(config.projectRoot, 'prisma', 'migrations'),
    log: logger,
  });

  const masterKey = config.masterKey ?? (await loadMasterKey(config.home));
  const core = await assembleCore({ config, logger, shutdown, connectionString: postgres.connectionString, masterKey, composition });
  const runner = assembleRunner(core, shutdown);
  // This process owns the database alone: whoever held a lease is gone.
  const resumed = await core.jobs.expireAllLeases();
  if (resumed > 0) logger.info({ jobs: resumed }, 'jobs of a process that ended go on');
  await registerDatasets(core, await registerModels(core, runner));

  const backend = assembleQueueBackend(core, { kind: 'postgres', connectionString: postgres.connectionString });
  const processor = assembleProcessor(core, runner, shutdown);
  const families = [...new Set(explainers.map((explainer) => explainer.family))];
  const transport = await startWorkers({
    core,
    backend,
    processor,
    shutdown,
    families,
    modules: [AttentionWorkerModule, GlobalWorkerModule, GradientWorkerModule, LimeWorkerModule, ShapWorkerModule],
  });
  const upkeep = startUpkeep(core, backend, shutdown);
  const validator = await startValidator(core, shutdown, true);
  const gateway = await createGateway(assembleGateway(core, runner, upkeep, validator, transport));
  return { url: await listen(gateway, config, shutdown) };
}
