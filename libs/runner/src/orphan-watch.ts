import { workerData } from 'node:worker_threads';

/**
 * A thread of its own in each child. Native code can hold the main thread for hours, where the closing of the
 * channel would not be noticed; a process whose parent is gone must not go on computing for nobody.
 */
const { parent } = workerData as { readonly parent: number };

setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, 500);
