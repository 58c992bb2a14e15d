import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals';
import { closeSync, openSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { chooseServerAccount, type AccountKind } from './choose-server-account.js';
import { openClusterFolder } from './cluster-folder.js';
import { linkLibraries, locateBinaries } from './postgres-binaries.js';
import { describeServer } from './postgres-settings.js';
import { readPostmasterId } from './postmaster-file.js';
import { launchProgram, runProgram } from './run-program.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './start-embedded-postgres.js';

jest.setTimeout(60_000); // a first start makes a cluster

const root = await mkdtemp(join(tmpdir(), 'vitrine-embedded-'));
const running = new Set<EmbeddedPostgres>();

async function start(home: string, accounts?: readonly AccountKind[]): Promise<EmbeddedPostgres & { lines: string[] }> {
  const lines: string[] = [];
  const log = { info: (line: string) => void lines.push(line), warn: (line: string) => void lines.push(line) };
  const database = await startEmbeddedPostgres({ home: join(root, home), log, ...(accounts && { accounts }) });
  running.add(database);
  return { ...database, lines };
}

async function ask(connectionString: string, sql: string): Promise<Record<string, unknown>> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const result = await client.query<Record<string, unknown>>(sql);
    return result.rows[0] ?? {};
  } finally {
    await client.end();
  }
}

async function eventually(what: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await what().catch(() => false)) return;
    await pause(50);
  }
  throw new Error('it never came true');
}

/** A server with nobody behind it, as a killed process leaves one. */
async function leaveOrphan(home: string, name?: string): Promise<number> {
  const binaries = await locateBinaries();
  const account = await chooseServerAccount(binaries.folder);
  const cluster = await openClusterFolder(join(root, home), account);
  const server = describeServer(cluster.data, cluster.socket, binaries.version);
  const args = name === undefined ? server.args : [...server.args, '-c', `cluster_name=${name}`];
  const log = openSync(cluster.log, 'a');
  const child = launchProgram(account, join(binaries.folder, 'bin', 'postgres'), args, ['ignore', log, log]);
  closeSync(log);
  child.unref();
  await eventually(async () => (await readFile(join(cluster.data, 'postmaster.pid'), 'utf8')).includes('ready'));
  return child.pid ?? 0;
}

afterEach(async () => {
  for (const database of running) await database.stop();
  running.clear();
});

afterAll(() => rm(root, { recursive: true }));

describe('startEmbeddedPostgres', () => {
  it('makes a cluster whose text is UTF-8, whatever the locale of this process', async () => {
    const { connectionString } = await start('first');
    const row = await ask(
      connectionString,
      `SELECT current_setting('server_encoding') AS encoding, lower('ÄÉΣ') AS lower, length('日本') AS length,
              to_tsvector('english', 'Übergroße Wörter')::text AS words`,
    );
    expect(row).toEqual({ encoding: 'UTF8', lower: 'äéσ', length: 2, words: "'wörter':2 'übergroß':1" });
  });

  it('keeps what was committed through a power cut: both synchronous settings stay on', async () => {
    const { connectionString } = await start('first');
    const row = await ask(connectionString, "SELECT current_setting('fsync') AS f, current_setting('synchronous_commit') AS s");
    expect(row).toEqual({ f: 'on', s: 'on' });
  });

  it('gives the application a role that is no superuser, yet may create roles, schemas and trigrams', async () => {
    const { connectionString, adminConnectionString } = await start('first');
    const attributes = 'SELECT rolsuper AS super, rolcreaterole AS roles FROM pg_roles WHERE rolname = current_user';
    expect(await ask(connectionString, attributes)).toEqual({ super: false, roles: true });
    expect(await ask(adminConnectionString, attributes)).toMatchObject({ super: true });
    for (const statement of [
      'CREATE SCHEMA queue',
      'CREATE EXTENSION pg_trgm',
      'CREATE ROLE app',
      'GRANT app TO vitrine',
      'SET ROLE app',
    ]) {
      await ask(connectionString, statement);
    }
  });

  it('listens on no port, and keeps folders and passwords to its user', async () => {
    const { connectionString } = await start('first');
    expect(await ask(connectionString, "SELECT current_setting('listen_addresses') AS tcp")).toEqual({ tcp: '' });
    for (const [path, mode] of [
      ['postgres', 0o700],
      ['postgres/data', 0o700],
      ['postgres/socket', 0o700],
      ['postgres/vitrine.password', 0o600],
      ['postgres/superuser.password', 0o600],
    ] as const) {
      expect([path, (await stat(join(root, 'first', path))).mode & 0o777]).toEqual([path, mode]);
    }
  });

  it('refuses a connection without the password', async () => {
    const { connectionString } = await start('first');
    const wrong = connectionString.replace(/:[^:@/]+@/, ':wrong@');
    expect(wrong).not.toEqual(connectionString);
    await expect(ask(wrong, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('finds its data again after an orderly end, which leaves no process file', async () => {
    const first = await start('again');
    await ask(first.connectionString, "CREATE TABLE kept AS SELECT 'here' AS text");
    await first.stop();
    expect(await readPostmasterId(first.dataFolder)).toBeNull();
    const second = await start('again');
    expect(second.adopted).toBe(false);
    expect(await ask(second.connectionString, 'SELECT text FROM kept')).toEqual({ text: 'here' });
  });

  it('runs two homes at once', async () => {
    const [one, two] = await Promise.all([start('one'), start('two')]);
    await ask(one.connectionString, 'CREATE TABLE only_here ()');
    await expect(ask(two.connectionString, 'TABLE only_here')).rejects.toMatchObject({ code: '42P01' });
  });

  it('lets one process have a home, and says how to get another', async () => {
    const first = await start('shared');
    await expect(start('shared')).rejects.toMatchObject({ code: 'HOME_IN_USE', message: expect.stringContaining('VITRINE_HOME') });
    expect(await ask(first.connectionString, 'SELECT 1 AS one')).toEqual({ one: 1 });
  });

  it('takes over the server that a killed process left running, and can end it', async () => {
    await (await start('orphan')).stop();
    const id = await leaveOrphan('orphan');
    const database = await start('orphan');
    expect(database.adopted).toBe(true);
    expect(database.processId()).toBe(id);
    expect(database.lines).toEqual([expect.stringContaining(`took over`)]);
    await database.stop();
    expect(await readPostmasterId(database.dataFolder)).toBeNull();
  });

  it('replaces a left-over server that runs with settings of another release', async () => {
    await (await start('orphan')).stop();
    const id = await leaveOrphan('orphan', 'vitrine-older');
    const database = await start('orphan');
    expect(database.adopted).toBe(false);
    expect(database.processId()).not.toBe(id);
  });

  it('starts although the process id left by a crash now belongs to another program', async () => {
    const database = await start('stale');
    await database.stop();
    await writeFile(join(database.dataFolder, 'postmaster.pid'), `${process.ppid}\n${database.dataFolder}\n1\n5432\n\n\n\n`);
    expect(await ask((await start('stale')).connectionString, 'SELECT 1 AS one')).toEqual({ one: 1 });
  });

  it('brings the server back when it is killed while in use, with everything committed', async () => {
    const database = await start('killed');
    await ask(database.connectionString, "CREATE TABLE kept AS SELECT 'here' AS text");
    const id = database.processId();
    process.kill(id, 'SIGKILL');
    await eventually(
      async () => database.processId() !== id && (await ask(database.connectionString, 'SELECT text FROM kept')).text === 'here',
    );
    expect(database.lines).toEqual([expect.stringContaining('bringing it back'), expect.stringContaining('is back')]);
  });

  it('works below a path too long for a socket', async () => {
    const home = 'deep/'.repeat(30);
    const { connectionString } = await start(home);
    expect(await ask(connectionString, 'SELECT 1 AS one')).toEqual({ one: 1 });
    await rm(await readFile(join(root, home, 'postgres', 'socket-folder'), 'utf8'), { recursive: true });
  });

  it('leaves no data folder behind when making the cluster fails', async () => {
    const home = join(root, 'failing');
    await mkdir(join(home, 'postgres'), { recursive: true, mode: 0o700 });
    await writeFile(join(home, 'postgres', 'superuser.password'), ''); // initdb refuses an empty password
    await expect(start('failing')).rejects.toMatchObject({ code: 'START_FAILED', message: expect.stringContaining('password') });
    expect((await readdir(join(home, 'postgres'))).filter((name) => name === 'data' || name.startsWith('new-'))).toEqual([]);
  });

  it('refuses data of another release instead of touching them', async () => {
    const data = join(root, 'older', 'postgres', 'data');
    await mkdir(data, { recursive: true, mode: 0o700 });
    await writeFile(join(data, 'PG_VERSION'), '17\n');
    await expect(start('older')).rejects.toMatchObject({ code: 'OTHER_VERSION', message: expect.stringContaining('PostgreSQL 17') });
    expect(await readdir(data)).toEqual(['PG_VERSION']);
  });
});

const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? describe : describe.skip;

asRoot(`as root${isRoot ? '' : ' [skipped: this user is not root]'}`, () => {
  it.each([['capability'], ['identity']] as const)('runs as nobody below a closed folder (%s), and is taken over', async (kind) => {
    await mkdir(join(root, 'closed'), { recursive: true, mode: 0o700 });
    const first = await start(`closed/${kind}`, [kind]);
    const { uid } = await stat(first.dataFolder);
    expect(uid).toBeGreaterThan(0);
    expect(first.note).toContain(String(uid));
    await ask(first.connectionString, "CREATE TABLE kept AS SELECT 'here' AS text");
    await first.stop();
    const second = await start(`closed/${kind}`, [kind]);
    expect(await ask(second.connectionString, 'SELECT text FROM kept')).toEqual({ text: 'here' });
    await second.stop();
    if (kind === 'identity') {
      expect(second.note).toContain(second.dataFolder);
      await rm(join(second.dataFolder, '..'), { recursive: true }); // lies outside of this test's folder
    }
  });

  it('keeps the data when the way to run PostgreSQL changes', async () => {
    const first = await start('closed/changing', ['capability']);
    await ask(first.connectionString, "CREATE TABLE kept AS SELECT 'here' AS text");
    await first.stop();
    const second = await start('closed/changing');
    expect(await ask(second.connectionString, 'SELECT text FROM kept')).toEqual({ text: 'here' });
    await second.stop();
    await expect(start('closed/changing', ['identity'])).rejects.toMatchObject({ code: 'START_FAILED' });
  });
});

describe('linkLibraries', () => {
  it('makes the links npm could not unpack, without which nothing runs', async () => {
    const binaries = await locateBinaries();
    const links = JSON.parse(await readFile(join(binaries.folder, 'pg-symlinks.json'), 'utf8')) as readonly { target: string }[];
    const copy = join(root, 'native');
    await cp(binaries.folder, copy, { recursive: true, verbatimSymlinks: true });
    for (const { target } of links) await rm(join(root, target), { force: true });
    const version = (): Promise<void> => runProgram({ prefix: [], needsOpenPlace: false }, join(copy, 'bin', 'postgres'), ['-V']);
    await expect(version()).rejects.toThrow('shared librar');
    expect(await linkLibraries(copy)).toBe(true);
    await version();
  });
});

describe('locateBinaries', () => {
  it('names the package that a platform would need', async () => {
    await expect(locateBinaries('sunos', 'sparc')).rejects.toMatchObject({
      code: 'UNSUPPORTED_PLATFORM',
      message: expect.stringContaining('@embedded-postgres/sunos-sparc'),
    });
  });
});
