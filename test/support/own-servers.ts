import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#persistence';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

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
    this.process = spawn('redis-server', args, { stdio: 'ignore' });
    await untilAnswers(this.port);
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { process } = this;
    if (process === null) return;
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
  private constructor(
    private readonly home: string,
    private server: EmbeddedPostgres,
  ) {}

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
  }

  async resume(): Promise<void> {
    this.server = await startEmbeddedPostgres({ home: this.home, log: silent });
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await rm(this.home, { recursive: true, force: true });
  }
}

const silent = { info: () => undefined, warn: () => undefined };

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilAnswers(port: number): Promise<void> {
  for (;;) {
    const answered = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (answered) return;
    await pause(20);
  }
}
