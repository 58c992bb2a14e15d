import { explainers } from '#explainers';
import { FamilyWatch, JobQueues, OutboxRelay, QueueBackend, Reconciler, type QueueSettings } from '#jobs';
import type { Shutdown } from '#platform';
import type { Core } from './assemble-core.js';
import { startHistoryDuties } from './start-history-duties.js';
import { startWebhooks } from './start-webhooks.js';

export function assembleQueueBackend(core: Core, settings: QueueSettings): QueueBackend {
  return new QueueBackend(settings, (error) => core.logger.warn({ err: error }, 'the queue reports trouble'), core.composition.queue);
}

export interface Upkeep {
  readonly queues: JobQueues;
  readonly watch: FamilyWatch;
}

/** Outbox relay, reconciler and webhooks: every gateway carries them, the leading one works. */
export function startUpkeep(core: Core, backend: QueueBackend, shutdown: Shutdown): Upkeep {
  const queues = new JobQueues(backend);
  const relay = new OutboxRelay(core.jobs, queues, core.leadership, core.notices, core.logger, core.composition.pass);
  const reconciler = new Reconciler(core.jobs, core.answers, queues, core.leadership, core.clock, core.logger, core.composition.reconciler);
  const families = [...new Set(explainers.map(({ family }) => family))];
  const watch = new FamilyWatch(families, queues, core.backlog, core.composition.familyWatch);
  shutdown.register('close', 'queues', () => queues.close());
  shutdown.register('close', 'relay', () => relay.stop());
  shutdown.register('close', 'reconciler', () => reconciler.stop());
  shutdown.register('close', 'family watch', () => watch.stop());
  relay.start();
  reconciler.start();
  startWebhooks(core, shutdown);
  startHistoryDuties(core, shutdown);
  watch.start();
  return { queues, watch };
}
