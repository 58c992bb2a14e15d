import { mkdtemp } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { Authenticator, Quota, systemPrincipal } from '#access';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UploadedFiles } from '#catalog';
import type { Explainer, ModelDescription } from '#explainers';
import { History, KeyRing, PageTokens } from '#history';
import { BatchSubmission, Eraser, Idempotency, JobProcessor, JobRetry, JobSubmission, PartStore, Slots, passAll } from '#jobs';
import { Metrics, SystemClock, createLogger, loadConfig, type Problem } from '#platform';
import {
  MemoryApiKeyStore,
  MemoryBaselineStore,
  MemoryBatchStore,
  MemoryDatabase,
  MemoryDatasetStore,
  MemoryExplanationStore,
  MemoryIdempotencyStore,
  MemoryJobEventStore,
  MemoryJobStore,
  MemoryKeyStore,
  MemoryModelStore,
  MemoryNotices,
  MemoryRetentionStore,
  MemoryUsageStore,
  MemoryWebhookStore,
} from '#testing';
import { Webhooks } from '#webhooks';
import { createGateway } from '../src/gateway.module.js';
import type { ReadinessReport } from '../src/gateway-parts.js';
import { gatewayLimits, type GatewayLimits } from '../src/http/gateway-limits.js';
import { sendRequest, type Call } from './send-request.js';
import { toyExplainers } from './toy-explainer.js';
import { ToyRunner } from './toy-runner.js';

export interface TestGatewayOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly limits?: Partial<GatewayLimits>;
  readonly explainers?: readonly Explainer[];
}

/** Two toy methods on a text and a tabular model, everything real but the stores and the models. */
export async function startTestGateway(options: TestGatewayOptions = {}) {
  const explainers = options.explainers ?? toyExplainers;
  const config = loadConfig({ VITRINE_LOG_LEVEL: 'error', ...options.environment });
  const lines: string[] = [];
  const logger = createLogger({ level: config.logLevel, app: 'gateway', destination: { write: (line) => lines.push(line) } });
  const notices = new MemoryNotices();
  const database = new MemoryDatabase(notices);
  const keyStore = new MemoryKeyStore(database);
  const apiKeys = new MemoryApiKeyStore(database);
  const authenticator = new Authenticator({
    store: apiKeys,
    rootKey: config.adminKey,
    now: () => database.now(),
    onLostUse: () => undefined,
  });
  const usage = new MemoryUsageStore(database);
  const quota = new Quota(usage, config.quotaModelRows);
  const models = new MemoryModelStore(database);
  const datasets = new MemoryDatasetStore(database);
  const baselines = new MemoryBaselineStore(database);
  const jobs = new MemoryJobStore(database);
  const batches = new MemoryBatchStore(database, jobs);
  const explanations = new MemoryExplanationStore(database);
  const retention = new MemoryRetentionStore(database);
  const keys = new KeyRing(keyStore, new Uint8Array(32).fill(7));
  const history = new History(explanations, keys);
  const runner = new ToyRunner(explainers);
  const clock = new SystemClock();
  const metrics = new Metrics();
  const readiness: { report: ReadinessReport } = { report: { reasons: [], warnings: [] } };
  const locateModel = (location: string) => `/nowhere/${location.replace('bundled:', '')}`;
  await registerModels(models);
  const parts = {
    modelFiles: new UploadedFiles(await mkdtemp(join(tmpdir(), 'vitrine-files-'))),
    validator: { nudge: () => undefined },
    retries: new JobRetry(models, keys, history, jobs, clock, quota),
    batches,
    batchSubmission: new BatchSubmission(explainers, models, keys, batches, clock, quota, { datasets, baselines }),
    idempotency: new Idempotency(new MemoryIdempotencyStore(database), keys),
    ...{
      config,
      logger,
      metrics,
      explainers,
      authenticator,
      apiKeys,
      keys,
      models,
      datasets,
      baselines,
      jobs,
      explanations,
      history,
      retention,
      clock,
      notices,
      runner,
      locateModel,
    },
    jobEvents: new MemoryJobEventStore(database),
    submission: new JobSubmission(explainers, models, keys, jobs, clock, quota, { datasets, baselines }),
    quota,
    webhooks: new Webhooks(new MemoryWebhookStore(database), keys, config.webhookAllow),
    eraser: new Eraser(retention, clock),
    measureDisk: () => Promise.resolve({ freeBytes: 1, totalBytes: 2 }),
    pageTokens: new PageTokens(keys.pageTokenKey()),
    readiness: () => Promise.resolve(readiness.report),
  };
  const processor = new JobProcessor({
    ...{ explainers, jobs, datasets, keys, history, runner, clock, logger, locateModel },
    partStore: new NoParts(),
    worker: 'test:1',
    slots: new Slots(4),
    timing: { leaseSeconds: 15, heartbeatMs: 1000 },
    memoryLimitBytes: 2 ** 30,
    pass: passAll,
    count: metrics.count,
  });
  const app = await createGateway(parts, { ...gatewayLimits, ...options.limits });

  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;

  return {
    ...{ app, port, database, keyStore, apiKeys, usage, authenticator, models, notices, runner, lines, readiness, processor },
    call: <Body = unknown>(call: Call) => sendRequest<Body>(port, call),
    /** Sends a request that must be refused. */
    refuse: (call: Call) => sendRequest<Problem>(port, call),
    /** Runs everything the outbox holds. */
    async runJobs(): Promise<void> {
      const entries = await jobs.takeUnsent(1000, 1000);
      await jobs.markSent(entries);
      await Promise.all(entries.map((entry) => processor.process(entry.jobId)));
    },
  };
}

/** No job of a toy is cut into parts. */
class NoParts extends PartStore {
  override fanOut(): never {
    throw new RangeError('toys have no parts');
  }

  override commitPart(): never {
    return this.fanOut();
  }

  override listFinished(): never {
    return this.fanOut();
  }
}

export type TestGateway = Awaited<ReturnType<typeof startTestGateway>>;

/** A body that is accepted. */
export const goodJob = { method: 'toy-shap', model: { name: 'sentiment' }, input: { text: 'A gripping, funny film.' }, seed: 7 };

const described: ModelDescription = {
  name: 'sentiment',
  version: '1',
  sha256: 'a'.repeat(64),
  task: 'text-classification',
  classes: ['negative', 'positive'],
  multiLabel: false,
  output: { name: 'logits', kind: 'logits' },
  features: [],
  maxTokens: 128,
  maskToken: '[MASK]',
  backgroundRows: 0,
  batchInvariant: true,
};

async function registerModels(models: MemoryModelStore): Promise<void> {
  const files = [{ name: 'model.onnx', sha256: 'b'.repeat(64), size: 42 }];
  const add = (model: string, version: string, description: Partial<ModelDescription>) =>
    models.addVersion(systemPrincipal, {
      ...{ model, version, location: `bundled:${model}`, sha256: described.sha256, files },
      outcome: {
        state: 'ACTIVE',
        description: { ...described, name: model, version, ...description },
        capabilities: { opsets: { 'ai.onnx': 17 }, task: 'wrong' },
      },
    });
  await add('sentiment', '1', {});
  await add('income', '1', {
    task: 'tabular-classification',
    features: [
      { name: 'age', kind: 'numeric', unit: 'years', min: 17, max: 90 },
      { name: 'workclass', kind: 'categorical', categories: ['?', 'Private'] },
    ],
    maxTokens: null,
    maskToken: null,
    backgroundRows: 100,
  });
  await models.addVersion(systemPrincipal, {
    ...{ model: 'sentiment', version: '2', location: 'bundled:sentiment', sha256: null, files: [] },
    outcome: { state: 'REJECTED', reasons: [{ code: 'MODEL_FILE_INVALID', detail: 'the graph cannot be read' }] },
  });
}
