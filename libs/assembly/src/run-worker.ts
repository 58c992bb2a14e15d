import type { Type } from '@nestjs/common';
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
    await startWorkers({ core, backend, processor, shutdown, families, modules });
    return `${app} is taking jobs`;
  };
  await runProcess(app, start, composition);
}
