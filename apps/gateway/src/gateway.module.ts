import type { IncomingMessage, ServerResponse } from 'node:http';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestLogger } from '#platform';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { KeysController } from './access/keys.controller.js';
import { QuotaController } from './access/quota.controller.js';
import { RateLimiter } from './access/rate-limiter.js';
import { RequestGate } from './access/request-gate.js';
import { BaselinesController } from './baselines/baselines.controller.js';
import { DatasetsController } from './datasets/datasets.controller.js';
import { BatchesController } from './batches/batches.controller.js';
import { DocsController } from './docs/docs.controller.js';
import { Reference } from './docs/reference.js';
import { AttentionController } from './explanations/attention/attention.controller.js';
import { ExplanationsController } from './explanations/explanations.controller.js';
import { GATEWAY_PARTS, type GatewayParts } from './gateway-parts.js';
import { HealthController } from './health/health.controller.js';
import { answerClientError, answerExpectation } from './http/answer-client-error.js';
import { registerBodyParser } from './http/body/register-body-parser.js';
import { drainConnections } from './http/drain-connections.js';
import { dropUnreadBodies } from './http/drop-unread-bodies.js';
import { GATEWAY_LIMITS, gatewayLimits, type GatewayLimits } from './http/gateway-limits.js';
import { ProblemFilter } from './http/problem-filter.js';
import { addRequestHooks } from './http/request-hooks.js';
import { chooseRequestId } from './http/request-id.js';
import { RouteTable } from './http/route-table.js';
import { sendProblem } from './http/send-problem.js';
import { JobEventFeed } from './jobs/events/job-event-feed.js';
import { JobEventsController } from './jobs/events/job-events.controller.js';
import { JobPlanner } from './jobs/job-planner.js';
import { JobWaiter } from './jobs/job-waiter.js';
import { JobsController } from './jobs/jobs.controller.js';
import { measureRequests } from './metrics/measure-requests.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { MethodRegistry } from './methods/method-registry.js';
import { MethodsController } from './methods/methods.controller.js';
import { ModelChangesController } from './models/model-changes.controller.js';
import { ModelsController } from './models/models.controller.js';
import { operations } from './operations.js';
import { RetentionController } from './retention/retention.controller.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';

/** The REST surface over parts that a composition root has made. */
@Module({})
export class GatewayModule {
  static register(parts: GatewayParts, limits: GatewayLimits): DynamicModule {
    const { config, explainers, submission, runner, locateModel, jobs, jobEvents, notices } = parts;
    return {
      module: GatewayModule,
      controllers: [
        JobsController,
        JobEventsController,
        BatchesController,
        ExplanationsController,
        AttentionController,
        ModelsController,
        ModelChangesController,
        BaselinesController,
        DatasetsController,
        MethodsController,
        HealthController,
        MetricsController,
        DocsController,
        KeysController,
        QuotaController,
        WebhooksController,
        RetentionController,
      ],
      providers: [
        { provide: GATEWAY_PARTS, useValue: parts },
        { provide: GATEWAY_LIMITS, useValue: limits },
        { provide: MethodRegistry, useValue: new MethodRegistry(explainers) },
        { provide: JobPlanner, useValue: new JobPlanner(submission, runner, locateModel, config.childMemoryBytes) },
        { provide: JobEventFeed, useValue: new JobEventFeed(jobEvents, notices, limits) },
        { provide: JobWaiter, useValue: new JobWaiter(jobs, notices) },
        {
          provide: Reference,
          useFactory: (registry: MethodRegistry) => new Reference(operations, explainers, registry, config.version),
          inject: [MethodRegistry],
        },
      ],
    };
  }
}

/**
 * The gateway, ready for `listen`.
 *
 * @param limits other limits than the documented ones; for tests
 */
export async function createGateway(parts: GatewayParts, limits: GatewayLimits = gatewayLimits): Promise<NestFastifyApplication> {
  const { config, logger } = parts;
  const adapter = new FastifyAdapter({
    genReqId: chooseRequestId,
    requestIdHeader: false,
    clientErrorHandler: answerClientError,
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => sendProblem(error, request, reply, logger),
    return503OnClosing: false, // the hooks answer with a problem document instead
    // Beyond the body's own limit, for what that one does not see.
    requestTimeout: limits.headersTimeoutMs + Math.max(limits.bodyTimeoutMs, limits.uploadTimeoutMs),
    http: {
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: limits.connectionCheckMs,
      maxHeaderSize: limits.headerBytes,
      requireHostHeader: false, // the hooks refuse it, with a problem document
    },
  });
  const instance = adapter.getInstance();
  instance.server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => answerExpectation(response));
  const routes = new RouteTable();
  routes.watch(instance);
  addRequestHooks(instance, config, logger, routes, new RequestGate(operations, parts.authenticator, new RateLimiter(config.rateLimits)));
  measureRequests(instance, parts.metrics);
  dropUnreadBodies(instance, limits);
  registerBodyParser(instance, limits, operations);
  drainConnections(instance);
  const app = await NestFactory.create<NestFastifyApplication>(GatewayModule.register(parts, limits), adapter, {
    logger: new NestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  app.useGlobalFilters(new ProblemFilter(logger));
  await app.init();
  await instance.ready();
  return app;
}
