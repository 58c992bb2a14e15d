import type { PendingRun } from './pending-run.js';
import type { PooledChild } from './pooled-child.js';
import { readRss } from './read-rss.js';
import { RunFailure } from './run-failure.js';

const periodMs = 100;

/**
 * Samples the resident size of the children at work and stops a run above its limit. Limits of the JavaScript heap do
 * not bound what native code takes. Nothing is sampled while nothing runs.
 */
export class MemoryWatch {
  private timer: NodeJS.Timeout | null = null;
  private sampling = false;

  constructor(private readonly running: ReadonlyMap<PooledChild, PendingRun>) {}

  /** Call after `running` has changed. */
  adjust(): void {
    if (this.running.size > 0) {
      this.timer ??= setInterval(() => void this.sample(), periodMs);
    } else if (this.timer !== null) {
      clearInterval(this.timer);
      this.timer = null;
    }
  }

  private async sample(): Promise<void> {
    if (this.sampling) return; // the last round is slower than the clock
    this.sampling = true;
    for (const [child, run] of [...this.running]) {
      const bytes = await readRss(child.pid);
      if (bytes === null || this.running.get(child) !== run) continue;
      child.rssBytes = bytes;
      run.peakRssBytes = Math.max(run.peakRssBytes, bytes);
      const limit = run.options.memoryLimitBytes;
      if (bytes <= limit) continue;
      const detail = `stopped at ${toMebibytes(bytes)} of memory; the limit is ${toMebibytes(limit)}`;
      run.stop(new RunFailure({ code: 'RESOURCE_LIMIT', detail }));
    }
    this.sampling = false;
  }
}

function toMebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
