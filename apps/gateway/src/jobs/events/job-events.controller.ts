import { Readable } from 'node:stream';
import { Controller, Inject, Param, Req, Res } from '@nestjs/common';
import type { Principal } from '#access';
import { isTerminal } from '#jobs';
import { ProblemError } from '#platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GATEWAY_PARTS, type GatewayParts } from '../../gateway-parts.js';
import { Caller } from '../../http/caller.js';
import { onDisconnect } from '../../http/on-disconnect.js';
import { Serve } from '../../http/operation.js';
import { noQuery } from '../../http/query/no-query.js';
import { readQuery } from '../../http/query/read-query.js';
import { absent, requireUuid } from '../../http/require-uuid.js';
import { JobEventFeed } from './job-event-feed.js';
import { followJobOperation } from './job-event-operations.js';
import { readLastEventId } from './read-last-event-id.js';

@Controller()
export class JobEventsController {
  constructor(
    @Inject(GATEWAY_PARTS) private readonly parts: GatewayParts,
    private readonly feed: JobEventFeed,
  ) {}

  @Serve(followJobOperation)
  async follow(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    readQuery(noQuery, request.url);
    const jobId = requireUuid(id, 'job');
    const after = readLastEventId(request.headers['last-event-id']);
    const found = await this.parts.jobEvents.read(caller.tenant, jobId, after, 0);
    if (found === null) throw absent('job');
    if (after > found.last)
      throw new ProblemError('HEADER_INVALID', { detail: `Last-Event-ID is ${after}, and this job has had ${found.last} events` });
    if (after === found.last && isTerminal(found.job.state)) {
      // Clients of server-sent events connect again when a stream has ended; this tells them not to.
      void reply.code(204).send();
      return;
    }
    // HEAD is over at once: a stream that was opened for it would be read by nobody, for as long as the job lives.
    const stream = request.method === 'HEAD' ? Readable.from([]) : this.feed.follow(caller.tenant, jobId, after, onDisconnect(reply));
    void reply
      .type('text/event-stream; charset=utf-8')
      .headers({ 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' }) // proxies must pass every event on at once
      .send(stream);
  }
}
