import { Authenticator, Quota } from '#access';
import { explainers } from '#explainers';
import {
  BatchSubmission,
  Eraser,
  Idempotency,
  JobRetry,
  JobSubmission,
  familyQueue,
  type Backlog,
  type FamilyWatch,
  type JobTransport,
  type ModelValidator,
} from '#jobs';
import { PrismaBatchStore, PrismaJobEventStore } from '#persistence';
import type { GaugeValue, ProblemCode } from '#platform';
import type { Runner } from '#runner';
import { Webhooks } from '#webhooks';
import { answers } from './answers.js';
import type { Core } from './assemble-core.js';
import type { Upkeep } from './assemble-queue.js';
import { measureDisk } from './measure-disk.js';

/**
 * What the gateway is made of, over the core of this process.
 *
 * @param transport of a process that runs jobs as well, null for a gateway alone
 */
export function assembleGateway(
  core: Core,
  runner: Runner,
  upkeep: Upkeep,
  validator: ModelValidator,
  transport: JobTransport | null = null,
) {
  core.metrics.addGauges(() => readGauges(core, upkeep.watch));
  const quota = new Quota(core.usage, core.config.quotaModelRows);
  const batches = new PrismaBatchStore(core.database);
  return {
    config: core.config,
    logger: core.logger,
    metrics: core.metrics,
    explainers,
    authenticator: new Authenticator({
      store: core.apiKeys,
      rootKey: core.config.adminKey,
      now: () => core.clock.now().getTime(),
      onLostUse: (error) => core.logger.warn({ err: error }, 'the use of a key could not be noted'),
    }),
    apiKeys: core.apiKeys,
    keys: core.keys,
    models: core.models,
    modelFiles: core.modelFiles,
    validator,
    datasets: core.datasets,
    baselines: core.baselines,
    jobs: core.jobs,
    jobEvents: new PrismaJobEventStore(core.database),
    submission: new JobSubmission(explainers, core.models, core.keys, core.jobs, core.clock, quota, core, core.composition.pass),
    retries: new JobRetry(core.models, core.keys, core.history, core.jobs, core.clock, quota),
    quota,
    webhooks: new Webhooks(core.webhooks, core.keys, core.config.webhookAllow),
    batches,
    batchSubmission: new BatchSubmission(explainers, core.models, core.keys, batches, core.clock, quota, core),
    idempotency: new Idempotency(core.answers, core.keys),
    explanations: core.explanations,
    history: core.history,
    retention: core.retention,
    eraser: new Eraser(core.retention, core.clock),
    clock: core.clock,
    measureDisk: () => measureDisk(core.config.home),
    pageTokens: core.pageTokens,
    notices: core.notices,
    runner,
    readiness: () => checkReadiness(core, runner, upkeep, transport),
    locateModel: (location: string) => core.locateModel(location),
  };
}

async function checkReadiness(core: Core, runner: Runner, { queues, watch }: Upkeep, transport: JobTransport | null) {
  const reasons: { code: ProblemCode; detail: string }[] = [];
  const warnings: string[] = [];
  if (!(await answers(core.database.ping()))) reasons.push({ code: 'DATABASE_UNAVAILABLE', detail: 'PostgreSQL does not answer' });
  // A queue that is away delays jobs and loses none: they wait in the outbox.
  const [first] = explainers;
  if (first !== undefined && !(await answers(queues.count(familyQueue(first.family)))))
    warnings.push('The queue does not answer: jobs are accepted and wait.');
  for (const family of await watch.findStalled().catch(() => []))
    warnings.push(`No worker takes the jobs of ${family}: they are accepted and wait. Start its worker, or look into its log.`);
  for (const family of transport?.findStuck() ?? [])
    reasons.push({ code: 'QUEUE_UNAVAILABLE', detail: `entries of ${family} wait in the queue and none arrives in this process` });
  if (!runner.children().some((child) => child.state !== 'stopping'))
    reasons.push({ code: 'SHUTTING_DOWN', detail: 'no child process is running' });
  return { reasons, warnings };
}

async function readGauges(core: Core, watch: FamilyWatch): Promise<readonly GaugeValue[]> {
  let backlog: Backlog;
  try {
    backlog = await core.backlog.read();
  } catch {
    return [{ name: 'vitrine_database_up', value: 0 }];
  }
  const stalled: readonly string[] = await watch.findStalled().catch(() => []);
  return [
    { name: 'vitrine_database_up', value: 1 },
    { name: 'vitrine_outbox_unsent', value: backlog.unsent },
    { name: 'vitrine_outbox_lag_seconds', value: backlog.lagSeconds },
    ...[...new Set(explainers.map(({ family }) => family))].flatMap((family): GaugeValue[] => {
      const found = backlog.families.find((one) => one.family === family);
      return [
        { name: 'vitrine_jobs_open', labels: { family, state: 'QUEUED' }, value: found?.queued ?? 0 },
        { name: 'vitrine_jobs_open', labels: { family, state: 'RUNNING' }, value: found?.running ?? 0 },
        { name: 'vitrine_jobs_open', labels: { family, state: 'CANCELLING' }, value: found?.cancelling ?? 0 },
        { name: 'vitrine_queue_oldest_seconds', labels: { family }, value: found?.oldestSeconds ?? 0 },
        { name: 'vitrine_family_stalled', labels: { family }, value: stalled.includes(family) ? 1 : 0 },
      ];
    }),
  ];
}
