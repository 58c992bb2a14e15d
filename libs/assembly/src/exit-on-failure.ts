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
      error instanceof ConfigProblem ? exitCodes.configuration : error instanceof HandlerError ? exitCodes.handlers : exitCodes.failed,
    );
  }
}

function describe(error: unknown): string {
  for (const told of [ConfigProblem, HandlerError, EmbeddedPostgresProblem, MigrationProblem])
    if (error instanceof told) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
