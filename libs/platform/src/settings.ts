import { z } from 'zod';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

const wholeNumber = (least: number, most: number, unit: string) =>
  z
    .string()
    .regex(/^\d{1,15}$/, `must be a whole number of ${unit} from ${least} to ${most}`)
    .transform(Number)
    .pipe(z.number().min(least, `must be at least ${least}`).max(most, `must be at most ${most}`));

const url = (protocols: readonly string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    // The value is left out on purpose: it may hold a password.
    error: `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });

const hostList = z.string().transform((text, context) => {
  const hosts = text
    .split(',')
    .map((host) => host.trim().toLowerCase())
    .filter((host) => host !== '');
  for (const host of hosts) {
    if (!/^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/.test(host)) {
      context.issues.push({ code: 'custom', input: host, message: `must be host names divided by commas; "${host}" is none` });
    }
  }
  return hosts;
});

const key32 = z.base64('must be base64').transform((text, context) => {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 32) {
    context.issues.push({
      code: 'custom',
      input: null,
      message: `must hold 32 bytes in base64; it holds ${bytes.length}. Make one with: openssl rand -base64 32`,
    });
  }
  return bytes;
});

/** A variable of the environment: how it is read, and what the reference page says of it. */
interface Setting<T extends z.ZodType = z.ZodType> {
  readonly schema: T;
  /** In words; the value itself is decided in `loadConfig`. */
  readonly fallback: string;
  readonly about: string;
}

const define = <T extends z.ZodType>(setting: Setting<T>): Setting<T> => setting;

/** What holds where the settings of rates are absent. */
export const defaultRates = Object.freeze({ perSecond: 50, burst: 200, localPerSecond: 5000 });

/** Every variable Vitrine reads. An empty value counts as absent. */
export const settings = {
  VITRINE_PORT: define({
    schema: wholeNumber(0, 65_535, 'a port'),
    fallback: '4300',
    about: 'Port of the gateway; 0 picks a free one.',
  }),
  VITRINE_HOST: define({
    schema: z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/, 'must be an address or a host name'),
    fallback: '127.0.0.1',
    about: 'Address the gateway listens on. Beyond loopback only with `VITRINE_ADMIN_KEY`.',
  }),
  VITRINE_ALLOWED_HOSTS: define({
    schema: hostList,
    fallback: 'none',
    about: 'Values of the Host header accepted beside those of loopback, divided by commas.',
  }),
  VITRINE_ADMIN_KEY: define({
    schema: z.string().regex(/^[\x21-\x7e]{16,512}$/, 'must be 16 to 512 printable ASCII characters without spaces'),
    fallback: 'none',
    about: 'The root key, from which the first others are made. Where it is set, every request needs a key.',
  }),
  VITRINE_RATE_LIMIT: define({
    schema: wholeNumber(0, 1_000_000, 'requests a second'),
    fallback: String(defaultRates.perSecond),
    about: 'Requests a second that one key may send to one gateway process; 0: no limit.',
  }),
  VITRINE_RATE_BURST: define({
    schema: wholeNumber(0, 1_000_000, 'requests'),
    fallback: String(defaultRates.burst),
    about: 'Requests beyond `VITRINE_RATE_LIMIT` that a key may send in any ten seconds.',
  }),
  VITRINE_RATE_LIMIT_LOCAL: define({
    schema: wholeNumber(0, 1_000_000, 'requests a second'),
    fallback: String(defaultRates.localPerSecond),
    about: 'Requests a second of everyone on loopback without a key together; 0: no limit.',
  }),
  VITRINE_QUOTA_MODEL_ROWS: define({
    schema: wholeNumber(0, 999_999_999_999_999, 'rows'),
    fallback: 'none',
    about: 'Rows through models that the jobs of a tenant may use in a day (UTC), where no quota was set for it.',
  }),
  VITRINE_WEBHOOK_ALLOW: define({
    schema: hostList,
    fallback: 'none',
    about: 'Exact hosts, or host:port, divided by commas, that webhooks may be sent to although they are not public.',
  }),
  VITRINE_RETENTION_FLOOR_DAYS: define({
    schema: wholeNumber(0, 36_500, 'days'),
    fallback: '183',
    about: 'Least number of days that a rule of retention may keep explanations; the EU AI Act asks deployers to keep logs for six months.',
  }),
  VITRINE_HOME: define({
    schema: z.string(),
    fallback: '`.vitrine` in the project',
    about:
      'Folder of the embedded database, of generated keys and, under `files`, of uploaded models; in the distributed shape every process needs the same `files`. A relative path starts at the project.',
  }),
  VITRINE_MODELS: define({
    schema: z.string(),
    fallback: '`models` in the project',
    about: 'Folder whose sub-folders are registered as models at start. A relative path starts at the project.',
  }),
  DATABASE_URL: define({
    schema: url(['postgres:', 'postgresql:']),
    fallback: 'none: the embedded shape',
    about: 'PostgreSQL of the distributed shape. Given together with `REDIS_URL` or not at all.',
  }),
  REDIS_URL: define({
    schema: url(['redis:', 'rediss:']),
    fallback: 'none: the embedded shape',
    about: 'Redis of the distributed shape. Given together with `DATABASE_URL` or not at all.',
  }),
  VITRINE_MASTER_KEY: define({
    schema: key32,
    fallback: 'embedded: made once, with mode 0600, in the home; distributed: none',
    about: '32 bytes in base64 that wrap the keys of the tenants. Required in the distributed shape, the same in every process.',
  }),
  VITRINE_CHILDREN: define({
    schema: wholeNumber(1, 1024, 'processes'),
    fallback: 'number of cores',
    about: 'Explanations a process runs at once, each in a child process of one thread.',
  }),
  VITRINE_CHILD_MEMORY_MB: define({
    schema: wholeNumber(128, 1_048_576, 'MiB'),
    fallback: '2048',
    about: 'Resident memory in MiB beyond which a child process is stopped and its job fails with RESOURCE_LIMIT.',
  }),
  VITRINE_METRICS_PORT: define({
    schema: wholeNumber(0, 65_535, 'a port'),
    fallback: 'none',
    about:
      'Port at which a worker process answers /healthz, /readyz and /metrics, at `VITRINE_HOST`. The gateway has them at its own port.',
  }),
  VITRINE_LOG_LEVEL: define({
    schema: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`),
    fallback: 'info',
    about: 'Least level of the log lines on stderr.',
  }),
} as const;

export type SettingName = keyof typeof settings;
export type SettingValues = { readonly [Name in SettingName]?: z.output<(typeof settings)[Name]['schema']> };
