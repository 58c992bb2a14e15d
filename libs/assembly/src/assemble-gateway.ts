import { setTimeout as pause } from 'node:timers/promises';
import { Authenticator, Quota } from '#access';
import { explainers } from '#explainers';
import { BatchSubmission, familyQueue, Idempotency, JobRetry, JobSubmission, type JobQueues, type ModelValidator } from '#jobs';
import { PrismaBatchStore, PrismaJobEventStore } from '#persistence';
import type { ProblemCode } from '#platform';
import type { Runner } from '#runner';
import { Webhooks } from '#webhooks';
import type { Core } from './assemble-core.js';

const PATIENCE_MS = 1500;

/** What the gateway is made of, over the core of this process. */
export function assembleGateway(core: Core, runner: Runner, queues: JobQueues, validator: ModelValidator) {
  const quota = new Quota(core.usage, core.config.quotaModelRows);
  const batches = new PrismaBatchStore(core.database);
  return {
    config: core.config,
    logger: core.logger,
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
    jobs: core.jobs,
    jobEvents: new PrismaJobEventStore(core.database),
    submission: new JobSubmission(explainers, core.models, core.keys, core.jobs, core.clock, quota, core.datasets, core.composition.pass),
    retries: new JobRetry(core.models, core.keys, core.history, core.jobs, core.clock, quota),
    quota,
    webhooks: new Webhooks(core.webhooks, core.keys, core.config.webhookAllow),
    batches,
    batchSubmission: new BatchSubmission(explainers, core.models, core.keys, batches, core.clock, quota, core.datasets),
    idempotency: new Idempotency(core.answers, core.keys),
    explanations: core.explanations,
    history: core.history,
    pageTokens: core.pageTokens,
    notices: core.notices,
    runner,
    readiness: () => checkReadiness(core, runner, queues),
    locateModel: (location: string) => core.locateModel(location),
  };
}

async function checkReadiness(core: Core, runner: Runner, queues: JobQueues) {
  const reasons: { code: ProblemCode; detail: string }[] = [];
  const warnings: string[] = [];
  if (!(await answers(core.database.ping()))) reasons.push({ code: 'DATABASE_UNAVAILABLE', detail: 'PostgreSQL does not answer' });
  // A queue that is away delays jobs and loses none: they wait in the outbox.
  const [first] = explainers;
  if (first !== undefined && !(await answers(queues.count(familyQueue(first.family)))))
    warnings.push('The queue does not answer: jobs are accepted and wait.');
  if (!runner.children().some((child) => child.state !== 'stopping'))
    reasons.push({ code: 'SHUTTING_DOWN', detail: 'no child process is running' });
  return { reasons, warnings };
}

async function answers(question: Promise<unknown>): Promise<boolean> {
  const late = pause(PATIENCE_MS, false);
  return Promise.race([
    question.then(
      () => true,
      () => false,
    ),
    late,
  ]);
}
