import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Measures the largest resident size of this process over a span. Linux can be told to forget the peak of before;
 * elsewhere the size at the end stands in, and the parent's samples add what was larger.
 *
 * @returns a function that ends the span and answers in bytes
 */
export function measurePeakRss(): () => number {
  let forgotten = false;
  try {
    writeFileSync('/proc/self/clear_refs', '5');
    forgotten = true;
  } catch {
    // Not Linux, or a kernel without it.
  }
  return () => (forgotten ? (readPeak() ?? process.memoryUsage.rss()) : process.memoryUsage.rss());
}

function readPeak(): number | null {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return line?.[1] === undefined ? null : Number(line[1]) * 1024;
}

/** Asks the kernel to end this process first when the machine runs out of memory, and not the database beside it. */
export function volunteerForOomKill(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // Not Linux.
  }
}
