import type { Shutdown, ShutdownOptions } from './shutdown.js';

/** npm passes a signal on that the terminal or the supervisor has sent to the whole group: one wish may arrive twice. */
const SAME_WISH_MS = 1000;

/**
 * SIGTERM and SIGINT run the shutdown and end the process: exit code 0 when every step ended well, 1 otherwise. A
 * second Ctrl-C, a second or more after the first signal, ends it at once with 130: whoever presses it again means it.
 */
export function stopOnSignal(shutdown: Shutdown, options: ShutdownOptions): void {
  let asked: bigint | null = null;
  const stop = (signal: NodeJS.Signals): void => {
    const now = process.hrtime.bigint();
    if (asked !== null) {
      if (signal === 'SIGINT' && now - asked > BigInt(SAME_WISH_MS) * 1_000_000n) process.exit(130);
      return;
    }
    asked = now;
    options.logger?.info({ signal }, 'stopping');
    void shutdown.run(options).then((report) => process.exit(report.failed.length + report.unfinished.length === 0 ? 0 : 1));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
