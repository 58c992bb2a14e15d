import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#persistence';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Endings } from './endings.js';
import { endWithThis } from './guard.js';
import { until } from './until.js';

/** Whether this machine has a Redis to start. No npm package brings one. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

/** A redis-server that belongs to one test alone: it may be stopped, emptied and killed. */
export class OwnRedis {
  private process: ChildProcess | null = null;

  private constructor(
    private readonly folder: string,
    readonly port: number,
  ) {}

  static async start(): Promise<OwnRedis> {
    const redis = new OwnRedis(await mkdtemp(join(tmpdir(), 'vitrine-redis-')), await findFreePort());
    await redis.resume();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again on the same port, over what it had written. */
  async resume(): Promise<void> {
    const options = { port: this.port, dir: this.folder, bind: '127.0.0.1', appendonly: 'yes', 'maxmemory-policy': 'noeviction', save: '' };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const server = spawn('redis-server', args, { stdio: 'ignore' });
    this.process = server;
    if (server.pid !== undefined) server.once('exit', endWithThis(server.pid));
    await until(`redis-server on port ${this.port}`, () => answers(this.port), Boolean, { everyMs: 20 });
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { process } = this;
    if (process === null) return;
    if (process.exitCode !== null || process.signalCode !== null) return;
    const exited = new Promise((resolve) => process.once('exit', resolve));
    process.kill(signal);
    process.kill('SIGCONT'); // a stopped process dies of SIGKILL alone
    await exited;
    this.process = null;
  }

  /** Freezes it: connections stay open and nothing is answered. */
  freeze(): void {
    this.process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.process?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A PostgreSQL that belongs to one test alone: it may be stopped in the middle of anything. */
export class OwnPostgres {
  private release: () => void;

  private constructor(
    private readonly home: string,
    private server: EmbeddedPostgres,
  ) {
    this.release = endWithThis(server.processId());
  }

  static async start(): Promise<OwnPostgres> {
    const home = await mkdtemp(join(tmpdir(), 'vitrine-postgres-'));
    return new OwnPostgres(home, await startEmbeddedPostgres({ home, log: silent }));
  }

  /** The same after every start. */
  get url(): string {
    return this.server.connectionString;
  }

  /** Ends every session as an administrator would: what is not committed is gone. */
  async pause(): Promise<void> {
    await this.server.stop();
    this.release();
  }

  async resume(): Promise<void> {
    this.server = await startEmbeddedPostgres({ home: this.home, log: silent });
    this.release = endWithThis(this.server.processId());
  }

  async stop(): Promise<void> {
    await this.pause();
    await rm(this.home, { recursive: true, force: true });
  }
}

/** A Redis and a PostgreSQL for one file of tests, ended with the rest of what it starts. */
export async function startOwnServers(endings: Endings) {
  const [redis, postgres] = await Promise.all([
    endings.keep(OwnRedis.start(), (one) => one.stop()),
    endings.keep(OwnPostgres.start(), (one) => one.stop()),
  ]);
  return { redis, postgres, servers: { databaseUrl: postgres.url, redisUrl: redis.url } };
}

const silent = { info: () => undefined, warn: () => undefined };

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
