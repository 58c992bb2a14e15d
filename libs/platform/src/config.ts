import { availableParallelism } from 'node:os';
import { BlockList, isIP } from 'node:net';
import { resolve } from 'node:path';
import { ConfigProblem } from './config-problem.js';
import { findProject } from './project.js';
import { defaultRates, settings, type LogLevel, type SettingName, type SettingValues } from './settings.js';

interface CommonConfig {
  readonly projectRoot: string;
  readonly version: string;
  /** Absolute. */
  readonly home: string;
  /** Absolute. */
  readonly modelsFolder: string;
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Lower case, as in a Host header. */
  readonly allowedHosts: readonly string[];
  readonly adminKey: string | null;
  /** Requests a second; 0 for no limit. `burst` is in ten seconds. */
  readonly rateLimits: { readonly perSecond: number; readonly burst: number; readonly localPerSecond: number };
  /** Model rows a day of a tenant; null for no quota. */
  readonly quotaModelRows: number | null;
  /** Least days of a retention rule. */
  readonly retentionFloorDays: number;
  /** Lower case. */
  readonly webhookAllow: readonly string[];
  /** Child processes that run explanations at once. */
  readonly children: number;
  readonly childMemoryBytes: number;
  /** Of a worker process; null: it listens nowhere. */
  readonly metricsPort: number | null;
  readonly logLevel: LogLevel;
  /** Sentences to log at start. */
  readonly warnings: readonly string[];
}

export interface EmbeddedConfig extends CommonConfig {
  readonly shape: 'embedded';
  /** Null: made and kept under the home. */
  readonly masterKey: Buffer | null;
}

export interface DistributedConfig extends CommonConfig {
  readonly shape: 'distributed';
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly masterKey: Buffer;
}

export type Config = EmbeddedConfig | DistributedConfig;

/**
 * Reads all settings at once. Called once per process, before anything starts; the result is frozen.
 *
 * @throws ConfigProblem that names every variable at fault
 */
export function loadConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const problems: string[] = [];
  const values = readValues(environment, problems);
  const common = readCommon(environment, values, problems);

  const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, VITRINE_MASTER_KEY: masterKey } = values;
  if (given(environment, 'DATABASE_URL') !== given(environment, 'REDIS_URL')) {
    const [present, missing] = given(environment, 'DATABASE_URL') ? ['DATABASE_URL', 'REDIS_URL'] : ['REDIS_URL', 'DATABASE_URL'];
    problems.push(
      `${missing} is missing: ${present} is set, and the distributed shape needs both. ` +
        `Set ${missing} too, or unset ${present} to run the embedded shape, which needs neither.`,
    );
  }
  const distributed = given(environment, 'DATABASE_URL') && given(environment, 'REDIS_URL');
  if (distributed && !given(environment, 'VITRINE_MASTER_KEY')) {
    problems.push(
      'VITRINE_MASTER_KEY is missing: the distributed shape needs it, the same in every process. Make one with: openssl rand -base64 32',
    );
  }
  if (problems.length > 0) throw new ConfigProblem(problems);

  if (databaseUrl !== undefined && redisUrl !== undefined && masterKey !== undefined) {
    return Object.freeze({ ...common, shape: 'distributed', databaseUrl, redisUrl, masterKey });
  }
  return Object.freeze({ ...common, shape: 'embedded', masterKey: masterKey ?? null });
}

function given(environment: Readonly<Record<string, string | undefined>>, name: SettingName): boolean {
  // An empty value counts as absent: compose files pass unset variables on as empty ones.
  return (environment[name] ?? '') !== '';
}

function readValues(environment: Readonly<Record<string, string | undefined>>, problems: string[]): SettingValues {
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(settings) as SettingName[]) {
    if (!given(environment, name)) continue;
    const parsed = settings[name].schema.safeParse(environment[name]);
    if (parsed.success) values[name] = parsed.data;
    else problems.push(...parsed.error.issues.map((issue) => `${name} ${issue.message}.`));
  }
  return values;
}

function readCommon(environment: Readonly<Record<string, string | undefined>>, values: SettingValues, problems: string[]): CommonConfig {
  const project = findProject();
  const host = values.VITRINE_HOST ?? '127.0.0.1';
  if (!isLoopback(host) && !given(environment, 'VITRINE_ADMIN_KEY')) {
    problems.push(
      `VITRINE_HOST is ${host}, which others can reach, and no key is set. ` +
        'Set VITRINE_ADMIN_KEY to a long secret, or leave VITRINE_HOST at 127.0.0.1.',
    );
  }
  return {
    projectRoot: project.root,
    version: project.version,
    home: resolve(project.root, values.VITRINE_HOME ?? '.vitrine'),
    modelsFolder: resolve(project.root, values.VITRINE_MODELS ?? 'models'),
    host,
    port: values.VITRINE_PORT ?? 4300,
    allowedHosts: Object.freeze(values.VITRINE_ALLOWED_HOSTS ?? []),
    adminKey: values.VITRINE_ADMIN_KEY ?? null,
    rateLimits: Object.freeze({
      perSecond: values.VITRINE_RATE_LIMIT ?? defaultRates.perSecond,
      burst: values.VITRINE_RATE_BURST ?? defaultRates.burst,
      localPerSecond: values.VITRINE_RATE_LIMIT_LOCAL ?? defaultRates.localPerSecond,
    }),
    quotaModelRows: values.VITRINE_QUOTA_MODEL_ROWS ?? null,
    retentionFloorDays: values.VITRINE_RETENTION_FLOOR_DAYS ?? 183,
    webhookAllow: Object.freeze(values.VITRINE_WEBHOOK_ALLOW ?? []),
    children: values.VITRINE_CHILDREN ?? availableParallelism(),
    childMemoryBytes: (values.VITRINE_CHILD_MEMORY_MB ?? 2048) * 2 ** 20,
    metricsPort: values.VITRINE_METRICS_PORT ?? null,
    logLevel: values.VITRINE_LOG_LEVEL ?? 'info',
    warnings: Object.freeze(
      Object.keys(environment)
        .filter((name) => name.startsWith('VITRINE_') && !Object.hasOwn(settings, name))
        .sort()
        .map((name) => `${name} is set, and Vitrine has no such setting: it has no effect.`),
    ),
  };
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** True for an address, or the name localhost, that only this machine can reach. */
export function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return host.toLowerCase() === 'localhost';
  return loopback.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
