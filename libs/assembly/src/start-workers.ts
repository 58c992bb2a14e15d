import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Module } from '@nestjs/common';
import { explainers } from '#explainers';
import { JobTransport, type JobProcessor, type QueueBackend } from '#jobs';
import { NestLogger, type Shutdown } from '#platform';
import type { Core } from './assemble-core.js';
import { ProcessorModule } from './processor.module.js';

export interface WorkersOptions {
  readonly core: Core;
  readonly backend: QueueBackend;
  readonly processor: JobProcessor;
  readonly shutdown: Shutdown;
  /** Families this process must serve; every method of theirs needs exactly one handler among `modules`. */
  readonly families: readonly string[];
  readonly modules: readonly Type[];
}

/**
 * Starts the worker modules as a Nest microservice over BullMQ.
 *
 * @returns the transport, which knows whether entries arrive
 * @throws HandlerError
 */
export async function startWorkers({ core, backend, processor, shutdown, families, modules }: WorkersOptions): Promise<JobTransport> {
  const routes = explainers.filter((explainer) => families.includes(explainer.family)).map(({ method, family }) => ({ method, family }));
  const transport = new JobTransport(backend, routes, core.config.children, {
    logger: core.logger,
    count: core.metrics.count,
    timing: core.composition.consumer,
  });

  @Module({ imports: [ProcessorModule.register(processor), ...modules] })
  class WorkersModule {}

  const app = await NestFactory.createMicroservice(WorkersModule, {
    strategy: transport,
    logger: new NestLogger(core.logger),
    abortOnError: false,
  });
  shutdown.register('stop-taking', 'queue workers', () => {
    // Closing waits for the running handlers, which `drain` and `kill` see to.
    void transport.close();
  });
  shutdown.register('close', 'worker modules', () => app.close());
  await app.listen();
  return transport;
}
