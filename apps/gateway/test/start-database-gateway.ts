import { mkdtemp } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assembleCore, assembleGateway, assembleProcessor, assembleQueueBackend, startValidator } from '#assembly';
import { FamilyWatch, JobQueues } from '#jobs';
import { createLogger, loadConfig, Shutdown } from '#platform';
import { startTestDatabase } from '#testing';
import pg from 'pg';
import { createGateway } from '../src/gateway.module.js';
import { gatewayLimits, type GatewayLimits } from '../src/http/gateway-limits.js';
import { sendRequest, type Call } from './send-request.js';
import { toyExplainers } from './toy-explainer.js';
import { ToyRunner } from './toy-runner.js';

export const ROOT_KEY = 'a-root-key-of-sixteen-or-more';

/** The gateway as it runs, over a PostgreSQL of its own. Only the children are toys: whatever kernel-shap is asked, the toy answers. */
export async function startDatabaseGateway(environment: Readonly<Record<string, string>> = {}, limits: Partial<GatewayLimits> = {}) {
  const server = await startTestDatabase();
  const home = await mkdtemp(join(tmpdir(), 'vitrine-home-'));
  const shutdown = new Shutdown();
  const config = loadConfig({ VITRINE_LOG_LEVEL: 'error', VITRINE_ADMIN_KEY: ROOT_KEY, VITRINE_HOME: home, ...environment });
  const lines: string[] = [];
  const logger = createLogger({ level: config.logLevel, app: 'gateway', destination: { write: (line) => lines.push(line) } });
  const core = await assembleCore({
    ...{ config, logger, shutdown },
    connectionString: server.connectionString,
    masterKey: new Uint8Array(32).fill(7),
  });
  const backend = assembleQueueBackend(core, { kind: 'postgres', connectionString: server.connectionString });
  const queues = new JobQueues(backend);
  shutdown.register('close', 'queues', () => queues.close());
  const runner = new ToyRunner(toyExplainers.slice(0, 1).map((toy) => ({ ...toy, method: 'kernel-shap' })));
  const validator = await startValidator(core, shutdown, true);
  const parts = assembleGateway(core, runner, { queues, watch: new FamilyWatch([], queues, core.backlog) }, validator);
  const processor = assembleProcessor(core, runner, shutdown);
  const app = await createGateway(parts, { ...gatewayLimits, ...limits });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const raw = new pg.Client({ connectionString: server.connectionString });
  await raw.connect();
  return {
    ...{ app, core, parts, processor, raw, lines, port },
    call: <Body = unknown>(call: Call) => sendRequest<Body>(port, call),
    /** Runs every job that waits. */
    async runJobs(): Promise<void> {
      const entries = await core.jobs.takeUnsent(1000, 1000);
      await core.jobs.markSent(entries);
      await Promise.all(entries.map((entry) => processor.process(entry.jobId)));
    },
    async stop(): Promise<void> {
      await app.close();
      await shutdown.run({ graceMs: 0 });
      await raw.end();
      await server.stop();
    },
  };
}

export type DatabaseGateway = Awaited<ReturnType<typeof startDatabaseGateway>>;
