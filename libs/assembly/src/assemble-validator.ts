import { ModelValidator } from '#jobs';
import { PrismaValidationStore } from '#persistence';
import type { Shutdown } from '#platform';
import { ChildPool } from '#runner';
import type { Core } from './assemble-core.js';

/**
 * Starts the validation of uploaded models in this process, after what an earlier one left has been cleared away.
 *
 * @param alone no other process uses this database and this home
 */
export async function startValidator(core: Core, shutdown: Shutdown, alone: boolean): Promise<ModelValidator> {
  const { config, clock, logger, metrics, modelFiles } = core;
  const validations = new PrismaValidationStore(core.database, clock);
  if (alone) await validations.expireLeases();
  const swept = await modelFiles.sweep(alone, (locations) => core.models.findLocations(locations));
  if (swept > 0) logger.info({ folders: swept }, 'unfinished uploads were cleared away');
  const validator = new ModelValidator({
    validations,
    files: modelFiles,
    clock,
    logger,
    memoryLimitBytes: config.childMemoryBytes,
    openRunner: () => new ChildPool({ children: 1, childMemoryBytes: config.childMemoryBytes, logger, clock, count: metrics.count }),
  });
  shutdown.register('kill', 'validation of models', () => validator.stop());
  validator.start();
  return validator;
}
