import { join } from 'node:path';
import {
  assembleGateway,
  assembleRunner,
  listen,
  registerDatasets,
  registerModels,
  runProcess,
  startUpkeep,
  startValidator,
  type Composition,
  type ProcessParts,
} from '#assembly';
import { applyMigrations } from '#persistence';
import { createGateway } from './gateway.module.js';

/** A whole gateway process of the distributed shape. */
export async function runGateway(composition: Composition = {}): Promise<void> {
  await runProcess('gateway', startGateway, composition);
}

async function startGateway({ core, backend, shutdown, databaseUrl }: ProcessParts): Promise<string> {
  await applyMigrations({ connectionString: databaseUrl, folder: join(core.config.projectRoot, 'prisma', 'migrations'), log: core.logger });
  // One child registers models and answers validateOnly; explanations run in the workers.
  const runner = assembleRunner(core, shutdown, 1);
  await registerDatasets(core, await registerModels(core, runner));
  const upkeep = startUpkeep(core, backend, shutdown);
  const validator = await startValidator(core, shutdown, false);
  const gateway = await createGateway(assembleGateway(core, runner, upkeep, validator));
  return `listening on ${await listen(gateway, core.config, shutdown)}`;
}
