import type { Shutdown, ShutdownOptions } from './shutdown.js';

/**
 * SIGTERM and SIGINT run the shutdown and end the process: exit code 0 when every step ended well, 1 otherwise. A
 * second signal ends it at once with 130: whoever presses Ctrl-C twice means it.
 */
export function stopOnSignal(shutdown: Shutdown, options: ShutdownOptions): void {
  const stop = (signal: NodeJS.Signals): void => {
    if (shutdown.begun) process.exit(130);
    options.logger?.info({ signal }, 'stopping');
    void shutdown.run(options).then((report) => process.exit(report.failed.length + report.unfinished.length === 0 ? 0 : 1));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
