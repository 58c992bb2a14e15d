import { exitOnFailure, type Composition } from '#assembly';
import { createLogger, loadConfig, settleHeap, Shutdown, stopOnSignal } from '#platform';
import { startStandalone } from './standalone.js';

// A job that is stopped here goes on at the next start, so nobody is kept waiting for long.
const GRACE_MS = 3000;

/** The embedded platform as a process, from settings to signals. */
export async function runStandalone(composition: Composition = {}): Promise<void> {
  const shutdown = new Shutdown();
  await exitOnFailure(shutdown, async () => {
    const config = loadConfig();
    const logger = createLogger({ level: config.logLevel, app: 'standalone', secrets: config.adminKey === null ? [] : [config.adminKey] });
    for (const warning of config.warnings) logger.warn(warning);
    stopOnSignal(shutdown, { graceMs: GRACE_MS, logger });
    const { url } = await startStandalone(config, logger, shutdown, composition);
    settleHeap();
    process.stdout.write(`listening on ${url}\n`);
  });
}
