import type { Shutdown } from '#platform';
import { ChildPool } from '#runner';
import type { Core } from './assemble-core.js';

/**
 * The child processes of this process. They are stopped after the jobs have been drained or given back.
 *
 * @param children runs at once; as many as the settings say by default
 */
export function assembleRunner(core: Core, shutdown: Shutdown, children = core.config.children): ChildPool {
  const { childEntry } = core.composition;
  const pool = new ChildPool({
    children,
    childMemoryBytes: core.config.childMemoryBytes,
    logger: core.logger,
    clock: core.clock,
    count: core.metrics.count,
    ...(childEntry === undefined ? {} : { entry: childEntry }),
  });
  shutdown.register('close', 'child processes', () => pool.close());
  return pool;
}
