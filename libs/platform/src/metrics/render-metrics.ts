import { metricCatalog } from './metric-catalog.js';

/** The catalogue of metrics as the page docs/reference/metrics.md. */
export function renderMetrics(): string {
  const rows = Object.entries(metricCatalog).map(
    ([name, { type, labels, from, about }]) =>
      `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${from === 'both' ? 'gateway, worker' : from} | ${about} |`,
  );
  return [
    '# Metrics\n',
    'In the text format of Prometheus: `GET /metrics` of the gateway (scope `read` where keys are asked for), and of each worker process at its',
    '`VITRINE_METRICS_PORT`. The embedded shape has all of them in one place. Beside these there are the usual `process_*` and `nodejs_*`,',
    'the lag of the event loop among them. Gauges without a label are 0 where there is nothing to tell.\n',
    '| name | type | labels | process | meaning |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
