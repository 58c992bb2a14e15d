import { openSync, closeSync } from 'node:fs';
import { readFile, rename, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { chooseServerAccount, type AccountKind } from './choose-server-account.js';
import { dataVersion, fillClusterFolder, openClusterFolder, type ClusterFolder } from './cluster-folder.js';
import { EmbeddedPostgresProblem } from './embedded-postgres-problem.js';
import { hasCode } from './has-code.js';
import { copyBinaries, linkLibraries, locateBinaries, type PostgresBinaries } from './postgres-binaries.js';
import { describeServer } from './postgres-settings.js';
import { disownPostmasterFile, isPostmasterOf, readPostmasterId } from './postmaster-file.js';
import { launchProgram, runProgram } from './run-program.js';
import type { ServerAccount } from './server-account.js';

export interface EmbeddedPostgresOptions {
  /** Folder of everything that is kept, made with mode 0700 when missing. */
  readonly home: string;
  readonly log: { info(message: string): void; warn(message: string): void };
  /** Ways to run PostgreSQL, tried in order; by default those that fit the user of this process. */
  readonly accounts?: readonly AccountKind[];
}

export interface EmbeddedPostgres {
  /** As the owner of the database `vitrine`: may create roles and schemas, is no superuser. */
  readonly connectionString: string;
  /** As the superuser of the cluster. */
  readonly adminConnectionString: string;
  readonly dataFolder: string;
  /** Process id of the server at this moment, for tests and messages. */
  readonly processId: () => number;
  /** True when a server left behind by a killed process was taken over. */
  readonly adopted: boolean;
  /** A sentence for the person who started the program. */
  readonly note?: string;
  /** Ends the server in order (checkpoint, no recovery at the next start). May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL of `home`, making its cluster first when there is none, or takes over one that a killed process left
 * running. If the server goes away while in use it is brought back, and the log says so.
 *
 * @throws EmbeddedPostgresProblem when another process uses this home, when the platform has no binaries, when the data
 * were made by another release, or when the server ends during its start (with the end of its log).
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const packaged = await usableBinaries(options.home);
  const account = await chooseServerAccount(packaged.folder, options.accounts);
  const cluster = await openClusterFolder(options.home, account);
  const binaries = account.needsOpenPlace ? await copyBinaries(packaged, cluster.place) : packaged;
  const server = new EmbeddedServer(cluster, account, binaries, options);
  await server.start();
  const note = account.needsOpenPlace ? `${account.note}: the database lies in ${cluster.data}` : account.note;
  return {
    connectionString: connectionString(cluster, 'vitrine', cluster.password, 'vitrine'),
    adminConnectionString: connectionString(cluster, 'postgres', cluster.superuserPassword, 'vitrine'),
    dataFolder: cluster.data,
    processId: () => server.processId,
    adopted: server.adopted,
    ...(note === undefined ? {} : { note }),
    stop: () => server.stop(),
  };
}

/** Those of the package, or a copy in the home where the package's folder may not be written to. */
async function usableBinaries(home: string): Promise<PostgresBinaries> {
  const packaged = await locateBinaries();
  return (await linkLibraries(packaged.folder)) ? packaged : copyBinaries(packaged, join(resolve(home), 'postgres'));
}

/** One advisory lock, held for as long as this process lives, makes it the only user of the home. */
const ownerLock = 'SELECT pg_try_advisory_lock(1986621042, 1)';
const patience = 60_000;
const largestLog = 10 * 1024 * 1024;

class EmbeddedServer {
  processId = 0;
  adopted = false;
  private holder: Client | null = null;
  private stopping: Promise<void> | null = null;
  private recovery: Promise<void> = Promise.resolve();
  private readonly description: ReturnType<typeof describeServer>;

  constructor(
    private readonly cluster: ClusterFolder,
    private readonly account: ServerAccount,
    private readonly binaries: PostgresBinaries,
    private readonly options: EmbeddedPostgresOptions,
  ) {
    this.description = describeServer(cluster.data, cluster.socket, binaries.version);
  }

  async start(): Promise<void> {
    await this.initialiseWhenEmpty();
    await this.bringUp();
  }

  stop(): Promise<void> {
    this.stopping ??= this.end();
    return this.stopping;
  }

  private async initialiseWhenEmpty(): Promise<void> {
    const made = await dataVersion(this.cluster.data);
    const [major] = this.binaries.version.split('.');
    if (made !== null && made !== major) {
      throw new EmbeddedPostgresProblem(
        'OTHER_VERSION',
        `the data in ${this.cluster.data} were made by PostgreSQL ${made}; this Vitrine brings ${this.binaries.version}. ` +
          'Dump them with the older Vitrine, or use another VITRINE_HOME.',
      );
    }
    if (made !== null) return;
    await fillClusterFolder(this.cluster, this.account, (data, passwordFile) =>
      runProgram(this.account, this.program('initdb'), [
        ...['-D', data, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
        // Not from the environment: with LANG unset the cluster would be SQL_ASCII, and lower() and length() wrong.
        ...['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
      ]),
    );
  }

  /** Until a server with our settings answers and this process holds its lock. */
  private async bringUp(): Promise<void> {
    let ours: ServerProcess | null = null;
    let launches = 0;
    let giveUp = Date.now() + patience;
    while (this.stopping === null) {
      const answer = await this.connect();
      if (answer instanceof Client) {
        if (await this.takeOver(answer, ours)) return;
        continue;
      }
      if (answer === 'busy') giveUp = Date.now() + patience; // recovery after a crash takes the time it takes
      const id = await readPostmasterId(this.cluster.data);
      const alive = id !== null && (await isPostmasterOf(id, this.cluster.data));
      if (!alive && (ours === null || (ours.ended && launches < 2))) {
        // Twice, because a server of another start may have been in the way the first time.
        if (id !== null) await disownPostmasterFile(this.cluster.data, process.pid);
        ours = await this.launch();
        launches += 1;
      } else if (!alive && ours?.ended === true) {
        throw new EmbeddedPostgresProblem('START_FAILED', `the embedded PostgreSQL did not start:\n${await this.endOfLog()}`);
      }
      if (Date.now() > giveUp) {
        throw new EmbeddedPostgresProblem(
          'START_FAILED',
          `PostgreSQL (process ${id}) on ${this.cluster.data} does not answer; end it and start again`,
        );
      }
      await pause(10);
    }
  }

  /** Makes this process the owner of the server that answered. False when that server ended or had to be ended. */
  private async takeOver(client: Client, ours: ServerProcess | null): Promise<boolean> {
    const connection = { lost: false };
    client.once('end', () => {
      connection.lost = true;
    });
    try {
      await this.takeLock(client);
      const id = await readPostmasterId(this.cluster.data);
      if (id === null || !(await this.isCurrent(client))) {
        await client.end();
        await this.endProcess(); // settings of an older Vitrine
        return false;
      }
      await provision(client, this.cluster.password);
      this.processId = id;
      this.adopted = ours?.id !== id;
    } catch (error) {
      if (connection.lost || hasCode(error, '57P01')) return false;
      await client.end();
      throw error;
    }
    if (connection.lost) return false;
    if (this.adopted) this.options.log.info(`took over the embedded PostgreSQL that was left running (process ${this.processId})`);
    this.watch(client);
    return true;
  }

  /** A connection, or why there is none: nobody listens, or the server is starting up or ending. */
  private async connect(): Promise<Client | 'silent' | 'busy'> {
    const client = new Client({
      connectionString: connectionString(this.cluster, 'postgres', this.cluster.superuserPassword, 'postgres'),
      connectionTimeoutMillis: 5_000,
      application_name: 'vitrine owner',
    });
    client.on('error', () => undefined); // 'end' follows, and is dealt with there
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ECONNREFUSED', 'ECONNRESET')) return 'silent';
      if (hasCode(error, '57P03', '57P01')) return 'busy';
      if (error instanceof Error && /timeout|terminated/i.test(error.message)) return 'silent';
      throw error;
    }
  }

  /** The lock of a process that was killed a moment ago falls when its connection is found closed. */
  private async takeLock(client: Client): Promise<void> {
    const giveUp = Date.now() + 2_000;
    while (Date.now() < giveUp) {
      const { rows } = await client.query<{ pg_try_advisory_lock: boolean }>(ownerLock);
      if (rows[0]?.pg_try_advisory_lock === true) return;
      await pause(50);
    }
    throw new EmbeddedPostgresProblem(
      'HOME_IN_USE',
      `another Vitrine is running on ${this.options.home}; give this one a folder of its own with VITRINE_HOME`,
    );
  }

  private async isCurrent(client: Client): Promise<boolean> {
    const { rows } = await client.query<{ cluster_name: string }>('SHOW cluster_name');
    return rows[0]?.cluster_name === this.description.name;
  }

  private watch(holder: Client): void {
    this.holder = holder;
    holder.once('end', () => {
      if (this.stopping !== null) return;
      this.options.log.warn('the embedded PostgreSQL closed its connection; bringing it back');
      this.recovery = this.recover();
    });
  }

  private async recover(): Promise<void> {
    for (let wait = 100; this.stopping === null; wait = Math.min(2 * wait, 5_000)) {
      try {
        await this.bringUp();
        this.options.log.info('the embedded PostgreSQL is back');
        return;
      } catch (error) {
        this.options.log.warn(error instanceof Error ? error.message : String(error));
      }
      await pause(wait);
    }
  }

  private async launch(): Promise<ServerProcess> {
    const size = await stat(this.cluster.log).then(
      (entry) => entry.size,
      () => 0,
    );
    if (size > largestLog) await rename(this.cluster.log, `${this.cluster.log}.1`);
    const log = openSync(this.cluster.log, 'a', 0o600);
    const child = launchProgram(this.account, this.program('postgres'), this.description.args, ['ignore', log, log]);
    closeSync(log);
    const started: ServerProcess = { id: child.pid ?? 0, ended: false };
    for (const event of ['error', 'exit']) {
      child.once(event, () => {
        started.ended = true;
      });
    }
    child.unref();
    return started;
  }

  private async end(): Promise<void> {
    await this.recovery;
    await this.holder?.end();
    await this.endProcess();
  }

  /** SIGINT is PostgreSQL's fast end, SIGQUIT leaves recovery to the next start. Over when the server removed its file. */
  private async endProcess(): Promise<void> {
    const id = await readPostmasterId(this.cluster.data);
    for (const [signal, time] of [
      ['SIGINT', 30_000],
      ['SIGQUIT', 5_000],
      ['SIGKILL', 5_000],
    ] as const) {
      if (id === null || !(await isPostmasterOf(id, this.cluster.data))) return;
      process.kill(id, signal);
      const giveUp = Date.now() + time;
      while (Date.now() < giveUp) {
        await pause(10);
        if ((await readPostmasterId(this.cluster.data)) !== id || !(await isPostmasterOf(id, this.cluster.data))) return;
      }
      this.options.log.warn(`the embedded PostgreSQL (process ${id}) did not end within ${time / 1000} s of ${signal}`);
    }
  }

  private program(name: 'initdb' | 'postgres'): string {
    return join(this.binaries.folder, 'bin', name);
  }

  private async endOfLog(): Promise<string> {
    const text = await readFile(this.cluster.log, 'utf8').catch(() => '');
    return text.trimEnd().split('\n').slice(-8).join('\n');
  }
}

interface ServerProcess {
  readonly id: number;
  ended: boolean;
}

/** The application's role and database. The role owns the database and may create roles, no more. */
async function provision(client: Client, password: string): Promise<void> {
  const { rows } = await client.query<{ role: boolean; database: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'vitrine') AS role,
            EXISTS (SELECT FROM pg_database WHERE datname = 'vitrine') AS database`,
  );
  if (rows[0]?.role !== true) {
    await client.query(`CREATE ROLE vitrine LOGIN CREATEROLE PASSWORD ${client.escapeLiteral(password)}`);
  }
  if (rows[0]?.database !== true) await client.query('CREATE DATABASE vitrine OWNER vitrine');
}

function connectionString(cluster: ClusterFolder, user: string, password: string, database: string): string {
  // The host of the address is a stand-in; the folder of the socket follows as a parameter, as libpq, pg and Prisma read it.
  return `postgresql://${user}:${password}@localhost:5432/${database}?host=${encodeURIComponent(cluster.socket)}`;
}
