import { z } from 'zod';
import type { Operation } from '../http/operation.js';

const healthSchema = z.object({ status: z.literal('ok'), version: z.string() }).meta({ id: 'Health' });
const readinessSchema = z
  .object({ status: z.literal('ready'), warnings: z.array(z.string()).meta({ description: 'What works, but not as it should.' }) })
  .meta({ id: 'Readiness' });

export type HealthAnswer = z.output<typeof healthSchema>;
export type ReadinessAnswer = z.output<typeof readinessSchema>;

export const getHealthOperation: Operation = {
  id: 'getHealth',
  method: 'GET',
  route: '/healthz',
  tag: 'platform',
  summary: 'Whether this process lives',
  scope: null,
  answers: { 200: { about: 'It does.', schema: healthSchema } },
};

export const getReadinessOperation: Operation = {
  id: 'getReadiness',
  method: 'GET',
  route: '/readyz',
  tag: 'platform',
  summary: 'Whether this process can do its work now',
  about: 'A problem document lists every reason why it cannot under `errors`.',
  scope: null,
  answers: { 200: { about: 'It can.', schema: readinessSchema } },
  problems: ['QUEUE_UNAVAILABLE'],
};
