import { Worker } from 'node:worker_threads';

/**
 * Ends this child process soon after its parent is gone, also while native code or a long loop holds its main thread.
 *
 * @param parent process id of the parent, as it told it
 */
export function watchParent(parent: number): void {
  const worker = new Worker(new URL('./orphan-watch.js', import.meta.url), {
    workerData: { parent },
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
  });
  worker.unref();
}
