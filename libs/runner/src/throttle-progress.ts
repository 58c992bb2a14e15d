import type { Progress } from '#explainers';

/**
 * Passes on a report when the phase changes, when `periodMs` have gone by since the last one, and when all is done.
 *
 * @param now milliseconds of a monotonic clock
 */
export function throttleProgress(send: (progress: Progress) => void, periodMs: number, now: () => number): (progress: Progress) => void {
  let lastAt = -Infinity;
  let lastPhase: string | null = null;
  let finished = false;
  return (progress) => {
    const complete = progress.done >= progress.total;
    const due = progress.phase !== lastPhase || (complete && !finished) || now() - lastAt >= periodMs;
    if (!due) return;
    lastAt = now();
    lastPhase = progress.phase;
    finished = complete;
    send(progress);
  };
}
