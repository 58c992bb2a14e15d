import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Composition } from '#assembly';

/**
 * The product as fault tests run it. A process kills itself at the crash point that the file `crash-at` in its home names, and
 * `FAST_LEASES` makes a lost worker's job free after two seconds instead of fifteen, and its entry after three instead of thirty.
 */
export function composeForFaults(): Composition {
  const { VITRINE_HOME: home = '', FAST_LEASES: fast } = process.env;
  const path = join(home, 'crash-at');
  return {
    pass: (point) => {
      if (point === readCrashPoint(path)) process.kill(process.pid, 'SIGKILL');
    },
    ...(fast === undefined
      ? {}
      : {
          lease: { leaseSeconds: 2, heartbeatMs: 300 },
          reconciler: { intervalMs: 500, patienceSeconds: 1 },
          queue: { lockMs: 3000, stalledCheckMs: 500 },
        }),
  };
}

function readCrashPoint(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null; // nothing is to happen
  }
}
