import { describe, expect, it } from '@jest/globals';
import { metricCatalog } from './metric-catalog.js';
import { Metrics } from './metrics.js';

const lineOf = (text: string, start: string) => text.split('\n').find((line) => line.startsWith(start));

describe('Metrics', () => {
  it('has every metric of the catalogue with its help, and those of process and event loop', async () => {
    const { text, mediaType } = await new Metrics().render();
    expect(mediaType).toContain('text/plain');
    for (const [name, { about, type }] of Object.entries(metricCatalog)) {
      expect(lineOf(text, `# HELP ${name} `)).toBe(`# HELP ${name} ${about}`);
      expect(lineOf(text, `# TYPE ${name} `)).toBe(`# TYPE ${name} ${type}`);
    }
    expect(text).toContain('nodejs_eventloop_lag_seconds');
    expect(text).toContain('process_resident_memory_bytes');
  });

  it('adds up counters by their labels', async () => {
    const metrics = new Metrics();
    metrics.count('vitrine_evaluations_total', { method: 'kernel-shap' }, 512);
    metrics.count('vitrine_evaluations_total', { method: 'kernel-shap' }, 8);
    metrics.count('vitrine_leases_lost_total');
    const { text } = await metrics.render();
    expect(lineOf(text, 'vitrine_evaluations_total{')).toBe('vitrine_evaluations_total{method="kernel-shap"} 520');
    expect(lineOf(text, 'vitrine_leases_lost_total ')).toBe('vitrine_leases_lost_total 1');
  });

  it('forgets a gauge that its source names no more', async () => {
    const metrics = new Metrics();
    let waiting = true;
    metrics.addGauges(() =>
      Promise.resolve(waiting ? [{ name: 'vitrine_queue_oldest_seconds', labels: { family: 'shap' }, value: 3 } as const] : []),
    );
    expect(lineOf((await metrics.render()).text, 'vitrine_queue_oldest_seconds{')).toBe('vitrine_queue_oldest_seconds{family="shap"} 3');
    waiting = false;
    expect(lineOf((await metrics.render()).text, 'vitrine_queue_oldest_seconds{')).toBeUndefined();
  });
});
