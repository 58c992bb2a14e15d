import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProject } from '#platform';
import pg from 'pg';
import { endWithThis } from './guard.js';
import { until, type Patience } from './until.js';

export const { root } = findProject();

export type Shape = 'embedded' | 'distributed';

/** The shape under test: the same suites run in both. */
export const shape: Shape = process.env['VITRINE_TEST_SHAPE'] === 'distributed' ? 'distributed' : 'embedded';

const ADMIN_DATABASE = process.env['VITRINE_TEST_DATABASE_URL'] ?? 'postgres://root@127.0.0.1:5432/test';
const REDIS = process.env['VITRINE_TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379';

/** A process of the platform under test, as a supervisor would see it. */
export interface AppProcess {
  readonly app: string;
  readonly process: ChildProcess;
  readonly output: () => string;
  readonly exited: Promise<number | null>;
}

/** Servers of a distributed platform, where they are not the ones that the suite shares. */
export interface OwnServers {
  readonly databaseUrl: string;
  readonly redisUrl: string;
}

export interface PlatformOptions {
  /** The shape under test where left out. */
  readonly shape?: Shape;
  /** Of a distributed platform; a database and a keyspace of the shared servers where left out. */
  readonly servers?: OwnServers;
  /** Compiled file that starts an app, relative to dist/; apps/<app>/src/main.js where left out. */
  readonly entry?: (app: string) => string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Keeps the home or database of an earlier platform. */
  readonly resume?: Platform;
}

/** Vitrine as real processes: one standalone, or gateway and one process per worker app. */
export class Platform {
  readonly apps = new Map<string, AppProcess>();
  url = '';

  private constructor(
    readonly shape: Shape,
    readonly home: string,
    private readonly environment: Record<string, string>,
    /** Made for this platform on the shared server, and dropped with it. */
    private readonly database: string | null,
    private readonly entry: (app: string) => string,
  ) {}

  static async start(options: PlatformOptions = {}): Promise<Platform> {
    const platform = await Platform.prepare(options);
    try {
      await platform.startApps();
    } catch (error) {
      await platform.stop();
      throw error;
    }
    return platform;
  }

  private static async prepare(options: PlatformOptions): Promise<Platform> {
    const { environment = {}, resume } = options;
    const entry = options.entry ?? ((app: string) => join('apps', app, 'src', 'main.js'));
    if (resume !== undefined)
      return new Platform(resume.shape, resume.home, { ...resume.environment, ...environment }, resume.database, entry);
    const chosen = options.shape ?? shape;
    const home = await mkdtemp(join(tmpdir(), 'vitrine-e2e-'));
    const settings: Record<string, string> = {
      VITRINE_HOME: home,
      VITRINE_PORT: '0',
      VITRINE_LOG_LEVEL: 'info',
      VITRINE_CHILDREN: chosen === 'embedded' ? '2' : '1',
      ...environment,
    };
    if (chosen === 'embedded') return new Platform(chosen, home, settings, null, entry);
    const database = options.servers === undefined ? `vitrine_e2e_${randomUUID().replaceAll('-', '')}` : null;
    if (database !== null) await administrate(`CREATE DATABASE ${database}`);
    const { databaseUrl, redisUrl } = options.servers ?? shareServers(database ?? '');
    const masterKey = randomBytes(32).toString('base64');
    return new Platform(
      chosen,
      home,
      { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, VITRINE_MASTER_KEY: masterKey, ...settings },
      database,
      entry,
    );
  }

  /** Process id of the process that runs jobs of a family. */
  workerPid(family: string): number {
    const app = this.apps.get(this.shape === 'embedded' ? 'standalone' : `${family}-worker`);
    if (app?.process.pid === undefined) throw new Error(`no process runs ${family}`);
    return app.process.pid;
  }

  async startApps(): Promise<void> {
    if (this.shape === 'embedded') {
      await this.startApp('standalone');
      return;
    }
    await this.startApp('gateway');
    await Promise.all(
      ['shap-worker', 'lime-worker', 'global-worker', 'attention-worker', 'gradient-worker'].map((app) => this.startApp(app)),
    );
  }

  /**
   * @param name key in `apps`, where several processes of one app run
   * @param environment settings beside those of the platform
   */
  async startApp(app: string, name: string = app, environment: Readonly<Record<string, string>> = {}): Promise<AppProcess> {
    const child = spawn(process.execPath, ['--enable-source-maps', join(root, 'dist', this.entry(app))], {
      cwd: this.home,
      env: { PATH: process.env['PATH'] ?? '', ...this.environment, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (child.pid !== undefined) child.once('exit', endWithThis(child.pid));
    let text = '';
    const exited = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
    const ready = new Promise<void>((resolve, reject) => {
      const look = (chunk: Buffer) => {
        text += chunk.toString('utf8');
        const listening = /listening on (http:\/\/\S+)/.exec(text);
        if (listening?.[1] !== undefined) this.url = listening[1];
        if (listening !== null || text.includes(`${app} is taking jobs`)) resolve();
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      void exited.then((code) => reject(new Error(`${app} ended with ${String(code)}:\n${text.slice(-4000)}`)));
    });
    const started: AppProcess = { app, process: child, output: () => text, exited };
    this.apps.set(name, started);
    await ready;
    return started;
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const raw = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(this.url + path, {
      method,
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: raw ? (body as string) : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) as Json };
  }

  /** Submits and polls until the job has ended. */
  async run(request: unknown): Promise<Json> {
    const submitted = await this.call('POST', '/v1/jobs', request);
    if (submitted.status !== 202) throw new Error(`submit answered ${submitted.status}: ${submitted.text}`);
    return this.finished(String(submitted.json()['id']));
  }

  async finished(jobId: string, patience: Patience = {}): Promise<Json> {
    return until(
      `the end of job ${jobId}`,
      async () => (await this.call('GET', `/v1/jobs/${jobId}`)).json(),
      ({ state }) => ['SUCCEEDED', 'FAILED', 'CANCELLED', 'EXPIRED'].includes(String(state)),
      patience,
    );
  }

  /** Runs a job to its explanation. */
  async explain(request: unknown): Promise<Json> {
    const job = await this.run(request);
    if (job['state'] !== 'SUCCEEDED') throw new Error(`job ended ${JSON.stringify(job)}`);
    return (await this.call('GET', `/v1/explanations/${String(job['explanationId'])}`)).json();
  }

  /** Stops every process in order, or at once, and removes what it left. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.end(signal);
    await rm(this.home, { recursive: true, force: true });
    if (this.database !== null) await administrate(`DROP DATABASE IF EXISTS ${this.database} WITH (FORCE)`);
  }

  /** Ends the processes and keeps their data. */
  async end(signal: NodeJS.Signals): Promise<void> {
    for (const { process: child } of this.apps.values()) if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await Promise.all([...this.apps.values()].map((app) => app.exited));
    this.apps.clear();
  }
}

export type Json = Record<string, unknown>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  json(): Json;
}

function shareServers(database: string): OwnServers {
  const url = new URL(ADMIN_DATABASE);
  url.pathname = `/${database}`;
  return { databaseUrl: url.href, redisUrl: `${REDIS}/${1 + (randomBytes(1).readUInt8(0) % 15)}` };
}

async function administrate(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: ADMIN_DATABASE });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Ids of all processes below one, by reading /proc. */
export async function descendants(pid: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    parents.set(Number(name), Number(fields[1]));
  }
  const found = new Set([pid]);
  for (let grew = true; grew;) {
    grew = false;
    for (const [child, parent] of parents)
      if (found.has(parent) && !found.has(child)) {
        found.add(child);
        grew = true;
      }
  }
  found.delete(pid);
  return [...found];
}

/** Processor time of a process so far, in clock ticks; 0 when it is gone. */
export async function processorTicks(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return stat === '' ? 0 : Number(fields[11]) + Number(fields[12]);
}
