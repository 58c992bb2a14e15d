import { HandlerError } from '#jobs';
import { EmbeddedPostgresProblem, MigrationProblem } from '#persistence';
import { ConfigProblem, type Shutdown } from '#platform';

/** Exit codes of the apps, so that a supervisor can tell a wrong setting from a broken machine. */
export const exitCodes = { failed: 1, configuration: 2, handlers: 3 } as const;

/**
 * Runs an app's start. A failure is told on standard error in words a person can act on, closes what was opened, and ends
 * the process with a code of its own.
 */
export async function exitOnFailure(shutdown: Shutdown, start: () => Promise<void>): Promise<void> {
  try {
    await start();
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    await shutdown.run({ graceMs: 0 });
    process.exit(
      error instanceof ConfigProblem || describeClosedPort(error) !== null
        ? exitCodes.configuration
        : error instanceof HandlerError
          ? exitCodes.handlers
          : exitCodes.failed,
    );
  }
}

function describe(error: unknown): string {
  for (const told of [ConfigProblem, HandlerError, EmbeddedPostgresProblem, MigrationProblem])
    if (error instanceof told) return error.message;
  return describeClosedPort(error) ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
}

/** What to do where a port cannot be listened on; null for any other error. */
function describeClosedPort(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || !('port' in error) || !('address' in error)) return null;
  const place = `port ${String(error.port)} of ${String(error.address)}`;
  const remedy = 'set VITRINE_PORT to another one (a worker: VITRINE_METRICS_PORT)';
  if (error.code === 'EADDRINUSE') return `${place} is taken, perhaps by another Vitrine; ${remedy}, or stop what listens there`;
  if (error.code === 'EACCES') return `${place} may not be opened by this user; ${remedy}, above 1023`;
  if (error.code === 'EADDRNOTAVAIL') return `${place} is no address of this machine; set VITRINE_HOST to one that is`;
  return null;
}
