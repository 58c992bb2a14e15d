// Prisma: cannot reach, timed out, closed the connection, no connection from the pool, transaction could not start.
const PRISMA_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028']);
const SYSTEM_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOENT', 'EHOSTUNREACH', 'ENOTFOUND', 'EAI_AGAIN']);
const MESSAGES =
  /Connection terminated|Query read timeout|timeout exceeded when trying to connect|Can't reach database server|Server has closed the connection|the database system is (starting up|shutting down|in recovery)/i;

/** Whether an error of Prisma or pg says that the database is away, not that the statement was wrong. */
export function isUnavailable(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 4) return false;
  const { code, originalCode, message, cause, name, kind } = error as Record<string, unknown>;
  if (
    name === 'PrismaClientInitializationError' ||
    kind === 'DatabaseNotReachable' ||
    kind === 'ConnectionClosed' ||
    kind === 'SocketTimeout'
  )
    return true;
  for (const one of [code, originalCode])
    if (typeof one === 'string' && (PRISMA_CODES.has(one) || SYSTEM_CODES.has(one) || /^(08|57P|53)/.test(one))) return true;
  if (typeof message === 'string' && MESSAGES.test(message)) return true;
  return (
    isUnavailable(cause, depth + 1) ||
    isUnavailable((error as { meta?: { driverAdapterError?: unknown } }).meta?.driverAdapterError, depth + 1)
  );
}
