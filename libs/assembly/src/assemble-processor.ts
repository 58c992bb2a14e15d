import { hostname } from 'node:os';
import { explainers } from '#explainers';
import { JobProcessor, passAll, Slots } from '#jobs';
import { PrismaPartStore } from '#persistence';
import type { Shutdown } from '#platform';
import type { Runner } from '#runner';
import type { Core } from './assemble-core.js';

// A heartbeat a second lets a cancel reach its child within two; the lease outlives several lost ones.
const TIMING = { leaseSeconds: 15, heartbeatMs: 1000 } as const;

/** The processor of this process: as many jobs at once as there are children. Draining is registered with the shutdown. */
export function assembleProcessor(core: Core, runner: Runner, shutdown: Shutdown): JobProcessor {
  const processor = new JobProcessor({
    explainers,
    jobs: core.jobs,
    partStore: new PrismaPartStore(core.database),
    datasets: core.datasets,
    keys: core.keys,
    history: core.history,
    runner,
    clock: core.clock,
    logger: core.logger,
    worker: `${hostname()}:${process.pid}`,
    slots: new Slots(core.config.children),
    timing: core.composition.lease ?? TIMING,
    count: core.metrics.count,
    pass: core.composition.pass ?? passAll,
    memoryLimitBytes: core.config.childMemoryBytes,
    locateModel: (location) => core.locateModel(location),
  });
  shutdown.register('drain', 'running jobs', () => processor.drain());
  shutdown.register('kill', 'remaining jobs', () => processor.giveBack());
  return processor;
}
