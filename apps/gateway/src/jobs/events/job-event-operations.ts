import { gatewayLimits } from '../../http/gateway-limits.js';
import type { Operation } from '../../http/operation.js';
import { noQuery } from '../../http/query/no-query.js';

export const followJobOperation: Operation = {
  id: 'followJob',
  method: 'GET',
  route: '/v1/jobs/:id/events',
  tag: 'jobs',
  scope: 'read',
  summary: 'What happens to a job, as it happens',
  about:
    'Server-sent events. `event` is `state`, `progress` or `warning` (the codes in `warningCodes`, just before the end); `data` is the job as ' +
    'GET answered it at that moment; `id` counts from 1 without a gap. The stream ends after the event that ends the job. A stream that was cut ' +
    `goes on where it stopped with \`Last-Event-ID\`. A comment comes every ${gatewayLimits.heartbeatMs / 1000} s when nothing happens.`,
  query: noQuery,
  path: { id: 'Id of the job.' },
  requestHeaders: { 'Last-Event-ID': 'Id of the last event that was received; only later ones are sent.' },
  answers: {
    200: { about: 'The events.', media: ['text/event-stream'] },
    204: { about: 'The job has ended and its last event was received: there is nothing to follow.' },
  },
  problems: ['NOT_FOUND', 'STREAMS_EXHAUSTED'],
};
