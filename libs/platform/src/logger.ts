import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import { currentRequestContext } from './request-context.js';
import type { LogLevel } from './settings.js';

export type Logger = PinoLogger;

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Name of the app, on every line. */
  readonly app: string;
  /** Exact values, such as the admin key, that must never appear in a line. */
  readonly secrets?: readonly string[];
  /** Standard error by default; standard output belongs to the answers of the program. */
  readonly destination?: DestinationStream;
}

const secretNames = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'apiKey',
  'adminKey',
  'masterKey',
  'databaseUrl',
  'redisUrl',
  'connectionString',
];

// Credentials inside a URL, as database drivers print them in their errors.
const urlCredentials = /(:\/\/)[^\s/@"\\]{1,512}@/g;

/**
 * One JSON object per line on standard error. JSON escapes line breaks, so that no value can forge a line. Every line
 * carries the request and job it belongs to.
 */
export function createLogger(options: LoggerOptions): Logger {
  // As they stand inside a JSON string.
  const secrets = (options.secrets ?? []).filter((secret) => secret !== '').map((secret) => JSON.stringify(secret).slice(1, -1));
  return pino(
    {
      level: options.level,
      base: { app: options.app, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => ({ ...currentRequestContext() }),
      redact: { paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
      hooks: {
        streamWrite: (line) =>
          secrets.reduce((text, secret) => text.replaceAll(secret, '[redacted]'), line.replace(urlCredentials, '$1[redacted]@')),
      },
    },
    // Synchronous, so that the last lines before an exit are not lost.
    options.destination ?? pino.destination({ fd: 2, sync: true }),
  );
}
