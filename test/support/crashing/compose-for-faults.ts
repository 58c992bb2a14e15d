import type { Composition } from '#assembly';

/**
 * The product as fault tests run it: `CRASH_AT` names the crash point at which the process kills itself, and `FAST_LEASES` makes a
 * lost worker's job free after two seconds instead of fifteen.
 */
export function composeForFaults(): Composition {
  const { CRASH_AT: crashAt, FAST_LEASES: fast } = process.env;
  return {
    pass: (point) => {
      if (point === crashAt) process.kill(process.pid, 'SIGKILL');
    },
    ...(fast === undefined ? {} : { lease: { leaseSeconds: 2, heartbeatMs: 300 }, reconciler: { intervalMs: 500, patienceSeconds: 1 } }),
  };
}
