import type { Type } from '@nestjs/common';
import { answers } from './answers.js';
import { serveHealth } from './health-server.js';
import type { Core } from './assemble-core.js';
import type { JobTransport } from '#jobs';
import type { Runner } from '#runner';
import { assembleProcessor } from './assemble-processor.js';
import { assembleRunner } from './assemble-runner.js';
import type { Composition } from './composition.js';
import { runProcess, type ProcessParts } from './run-process.js';
import { startWorkers } from './start-workers.js';

export interface WorkerApp {
  readonly app: string;
  readonly families: readonly string[];
  readonly modules: readonly Type[];
  readonly composition?: Composition;
}

/** A whole worker process of the distributed shape. */
export async function runWorker({ app, families, modules, composition = {} }: WorkerApp): Promise<void> {
  const start = async ({ core, backend, shutdown }: ProcessParts) => {
    const runner = assembleRunner(core, shutdown);
    const processor = assembleProcessor(core, runner, shutdown);
    const transport = await startWorkers({ core, backend, processor, shutdown, families, modules });
    await serveHealth(core.config, core.metrics, () => findTrouble(core, runner, transport), shutdown);
    return `${app} is taking jobs`;
  };
  await runProcess(app, start, composition);
}

async function findTrouble(core: Core, runner: Runner, transport: JobTransport): Promise<readonly string[]> {
  const reasons = transport.findStuck().map((family) => `entries of ${family} wait and none arrives here`);
  if (!(await answers(core.database.ping()))) reasons.push('PostgreSQL does not answer');
  if (!runner.children().some((child) => child.state !== 'stopping')) reasons.push('no child process is running');
  return reasons;
}
