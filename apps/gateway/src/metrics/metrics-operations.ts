import type { Operation } from '../http/operation.js';

export const getMetricsOperation: Operation = {
  id: 'getMetrics',
  method: 'GET',
  route: '/metrics',
  tag: 'platform',
  summary: 'Numbers of this process for Prometheus',
  about: 'Counts of the whole platform without names of tenants; docs/reference/metrics.md lists them.',
  scope: 'read',
  answers: { 200: { about: 'The text format of Prometheus.', media: ['text/plain'] } },
};
