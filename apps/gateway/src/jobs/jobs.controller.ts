import { Body, Controller, Inject, Param, Req, Res } from '@nestjs/common';
import type { Principal } from '#access';
import { isTerminal, type Job, type KeyMark } from '#jobs';
import { ProblemError } from '#platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GATEWAY_PARTS, type GatewayParts } from '../gateway-parts.js';
import { answerOnce } from '../http/answer-once.js';
import { Caller } from '../http/caller.js';
import { Serve } from '../http/operation.js';
import { onDisconnect } from '../http/on-disconnect.js';
import { parseBody } from '../http/parse-body.js';
import { noQuery } from '../http/query/no-query.js';
import { answerPage, type Page } from '../http/query/page.js';
import { readQuery } from '../http/query/read-query.js';
import { readPreferredWait } from '../http/read-prefer.js';
import { absent, requireUuid } from '../http/require-uuid.js';
import { MethodRegistry } from '../methods/method-registry.js';
import { toJobAnswer, type JobAnswer } from './job-answer.js';
import { cancelJobOperation, getJobOperation, listJobsOperation, retryJobOperation, submitJobOperation } from './job-operations.js';
import { JobPlanner } from './job-planner.js';
import { jobQuery } from './job-query.js';
import { JobWaiter } from './job-waiter.js';
import { noBodySchema } from './no-body.js';
import type { PlanAnswer } from './plan-answer.js';

const LIST = '/v1/jobs';
const RETRY_SECONDS = '1';

@Controller()
export class JobsController {
  constructor(
    @Inject(GATEWAY_PARTS) private readonly parts: GatewayParts,
    private readonly registry: MethodRegistry,
    private readonly planner: JobPlanner,
    private readonly waiter: JobWaiter,
  ) {}

  @Serve(submitJobOperation)
  async submit(
    @Caller() caller: Principal,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobAnswer | PlanAnswer> {
    readQuery(noQuery, request.url);
    const wait = readPreferredWait(request.headers.prefer);
    const order = parseBody(this.registry.requestSchema, body);
    const gone = onDisconnect(reply);
    if (order.validateOnly) {
      reply.code(200);
      return this.planner.plan(caller, order, gone);
    }
    const accepted = await answerOnce(
      this.parts.idempotency,
      { caller, request, reply, body },
      (mark) => this.parts.submission.submit(caller, order, request.id, mark),
      (job: Job) => ({ status: 202, location: `${LIST}/${job.id}`, body: toJobAnswer(job) }),
    );
    reply.header('Retry-After', RETRY_SECONDS);
    return wait === null ? accepted : this.waitForEnd(caller, accepted, wait, reply, gone);
  }

  /** Waiting belongs to this one request: it is done on top of the accepted answer, whether that is new or was kept. */
  private async waitForEnd(
    caller: Principal,
    accepted: JobAnswer,
    wait: number,
    reply: FastifyReply,
    gone: AbortSignal,
  ): Promise<JobAnswer> {
    reply.header('Preference-Applied', `wait=${wait}`);
    const job = await this.waiter.waitForEnd(caller.tenant, accepted.id, wait * 1000, gone);
    if (job === null) return accepted;
    if (isTerminal(job.state)) reply.code(201).removeHeader('Retry-After');
    return toJobAnswer(job);
  }

  @Serve(listJobsOperation)
  async list(
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<JobAnswer>> {
    const { pageSize, pageToken, ...filter } = readQuery(jobQuery, request.url);
    return answerPage(
      { tokens: this.parts.pageTokens, reply, tenant: caller.tenant, pageSize, pageToken },
      (after, limit) => this.parts.jobs.list(caller.tenant, filter, after, limit),
      toJobAnswer,
    );
  }

  @Serve(getJobOperation)
  async get(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobAnswer> {
    readQuery(noQuery, request.url);
    const job = await this.parts.jobs.find(caller.tenant, requireUuid(id, 'job'));
    if (job === null) throw absent('job');
    return this.answer(job, reply);
  }

  @Serve(cancelJobOperation)
  async cancel(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobAnswer> {
    readQuery(noQuery, request.url);
    parseBody(noBodySchema, body ?? {});
    const outcome = await this.parts.submission.cancel(caller, requireUuid(id, 'job'), request.id);
    if (outcome.kind === 'absent') throw absent('job');
    const isCancelled = outcome.job.state === 'CANCELLED';
    if (outcome.kind === 'terminal' && !isCancelled) throw new ProblemError('JOB_TERMINAL', { detail: `the job is ${outcome.job.state}` });
    reply.code(isCancelled ? 200 : 202);
    return this.answer(outcome.job, reply);
  }

  @Serve(retryJobOperation)
  async retry(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobAnswer> {
    readQuery(noQuery, request.url);
    parseBody(noBodySchema, body ?? {});
    const jobId = requireUuid(id, 'job');
    const accepted = await answerOnce(
      this.parts.idempotency,
      { caller, request, reply, body: {} },
      (mark) => this.retryJob(caller, jobId, request.id, mark),
      (job: Job) => ({ status: 201, location: `${LIST}/${job.id}`, body: toJobAnswer(job) }),
    );
    reply.header('Retry-After', RETRY_SECONDS);
    return accepted;
  }

  private async retryJob(caller: Principal, jobId: string, requestId: string, mark: KeyMark<Job> | null): Promise<Job> {
    const job = await this.parts.retries.retry(caller, jobId, requestId, mark);
    if (job === null) throw absent('job');
    return job;
  }

  private answer(job: Job, reply: FastifyReply): JobAnswer {
    if (!isTerminal(job.state)) reply.header('Retry-After', RETRY_SECONDS);
    return toJobAnswer(job);
  }
}
