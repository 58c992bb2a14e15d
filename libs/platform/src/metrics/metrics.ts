import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { metricCatalog, type CounterName, type GaugeName, type MetricName } from './metric-catalog.js';

export type Labels = Readonly<Record<string, string>>;

/** Adds to a counter; 1 where `by` is left out. */
export type Count = (name: CounterName, labels?: Labels, by?: number) => void;

export const countNothing: Count = () => undefined;

export interface GaugeValue {
  readonly name: GaugeName;
  readonly labels?: Labels;
  readonly value: number;
}

// From an answer out of memory to a long poll, in seconds.
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** The numbers of one process for Prometheus: those of the catalogue, of the process, and of its event loop. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly counters = new Map<MetricName, Counter>();
  private readonly gauges = new Map<MetricName, Gauge>();
  private readonly requests: Histogram;
  private readonly sources: (() => Promise<readonly GaugeValue[]>)[] = [];

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    const registers = [this.registry];
    const { vitrine_request_seconds: requests } = metricCatalog;
    this.requests = new Histogram({
      name: 'vitrine_request_seconds',
      help: requests.about,
      labelNames: [...requests.labels],
      buckets: BUCKETS,
      registers,
    });
    for (const [name, { type, labels, about }] of Object.entries(metricCatalog) as [MetricName, (typeof metricCatalog)[MetricName]][]) {
      const settings = { name, help: about, labelNames: [...labels], registers };
      if (type === 'counter') this.counters.set(name, new Counter(settings));
      if (type === 'gauge') this.gauges.set(name, new Gauge(settings));
    }
  }

  readonly count: Count = (name, labels = {}, by = 1) => this.counters.get(name)?.inc(labels, by);

  observeRequest(labels: { readonly method: string; readonly route: string; readonly status: string }, seconds: number): void {
    this.requests.observe(labels, seconds);
  }

  /** Asks `read` at every scrape. What it does not name any more is forgotten. */
  addGauges(read: () => Promise<readonly GaugeValue[]>): void {
    this.sources.push(read);
  }

  /** In the text format of Prometheus. */
  async render(): Promise<{ readonly mediaType: string; readonly text: string }> {
    const values = (await Promise.all(this.sources.map((read) => read()))).flat();
    for (const gauge of this.gauges.values()) gauge.reset();
    for (const { name, labels = {}, value } of values) this.gauges.get(name)?.set(labels, value);
    return { mediaType: this.registry.contentType, text: await this.registry.metrics() };
  }
}
