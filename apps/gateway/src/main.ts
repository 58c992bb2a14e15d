import 'reflect-metadata';
import { join } from 'node:path';
import { assembleGateway, assembleRunner, listen, registerDatasets, registerModels, runProcess, startUpkeep } from '#assembly';
import { applyMigrations } from '#persistence';
import { createGateway } from './gateway.module.js';

await runProcess('gateway', async ({ core, backend, shutdown, databaseUrl }) => {
  await applyMigrations({ connectionString: databaseUrl, folder: join(core.config.projectRoot, 'prisma', 'migrations'), log: core.logger });
  // One child registers models and answers validateOnly; explanations run in the workers.
  const runner = assembleRunner(core, shutdown, 1);
  await registerDatasets(core, await registerModels(core, runner));
  const queues = startUpkeep(core, backend, shutdown);
  const gateway = await createGateway(assembleGateway(core, runner, queues));
  return `listening on ${await listen(gateway, core.config, shutdown)}`;
});
