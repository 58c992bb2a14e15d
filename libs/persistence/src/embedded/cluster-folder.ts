import { createHash, randomBytes } from 'node:crypto';
import { chmod, lchown, link, lstat, mkdir, mkdtemp, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EmbeddedPostgresProblem } from './embedded-postgres-problem.js';
import { hasCode } from './has-code.js';
import type { Identity, ServerAccount } from './server-account.js';

/** Where the parts of one embedded cluster lie. */
export interface ClusterFolder {
  /** PGDATA. */
  readonly data: string;
  /** Holds the Unix socket; nobody but us may enter. */
  readonly socket: string;
  readonly log: string;
  /** Holds data and socket, and the binaries' copy where one is needed. */
  readonly place: string;
  /** Password of the cluster's superuser, which the application does not use. */
  readonly superuserPassword: string;
  readonly password: string;
}

/** The longest path of a Unix socket is 103 bytes on macOS, 107 on Linux. */
const longestSocketPath = 103;
const socketName = '.s.PGSQL.5432';
const openPlace = '/var/tmp';

/** Makes what is missing below `home` (mode 0700) and gives every part its owner. */
export async function openClusterFolder(home: string, account: ServerAccount): Promise<ClusterFolder> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const inner = join(await realpath(home), 'postgres');
  await mkdir(inner, { recursive: true, mode: 0o700 });
  const place = await choosePlace(inner, account);
  const data = join(place, 'data');
  if ((await ownerOf(data)) !== null) await giveTo(data, account.owner);
  return {
    data,
    socket: await socketFolder(inner, place, account.owner),
    log: join(inner, 'postgres.log'),
    place,
    superuserPassword: await secret(join(inner, 'superuser.password')),
    password: await secret(join(inner, 'vitrine.password')),
  };
}

/**
 * Fills an empty cluster folder by `initialise`, which gets the data folder to make and a file with the superuser's
 * password. All or nothing: a half-made data folder is never left under its final name.
 */
export async function fillClusterFolder(
  cluster: ClusterFolder,
  account: ServerAccount,
  initialise: (data: string, passwordFile: string) => Promise<void>,
): Promise<void> {
  const parent = dirname(cluster.data);
  await removeAbandoned(parent);
  const workplace = await mkdtemp(join(parent, 'new-'));
  try {
    const passwordFile = join(workplace, 'password');
    await writeFile(passwordFile, cluster.superuserPassword, { mode: 0o600 });
    await giveTo(workplace, account.owner);
    await initialise(join(workplace, 'data'), passwordFile);
    await rename(join(workplace, 'data'), cluster.data);
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error; // else another start was first; its cluster is as good
  } finally {
    await rm(workplace, { recursive: true, force: true });
  }
}

async function removeAbandoned(parent: string): Promise<void> {
  const anHourAgo = Date.now() - 3_600_000; // a younger one may belong to a start that is under way
  for (const name of await readdir(parent)) {
    const path = join(parent, name);
    if (name.startsWith('new-') && (await lstat(path)).mtimeMs < anHourAgo) await rm(path, { recursive: true, force: true });
  }
}

/** Major release the data folder was made by, or null when there is none yet. */
export async function dataVersion(data: string): Promise<string | null> {
  try {
    return (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** The folder below the home, or an open one elsewhere. A cluster that exists stays where it is. */
async function choosePlace(inner: string, account: ServerAccount): Promise<string> {
  const pointer = join(inner, 'place');
  const known = await readFile(pointer, 'utf8').catch(() => null);
  if (known !== null) {
    if ((await ownerOf(known)) === process.getuid?.()) return known;
    throw new EmbeddedPostgresProblem(
      'START_FAILED',
      `the database of this home lay in ${known}, which is gone; remove ${pointer} to begin with an empty one`,
    );
  }
  if (!account.needsOpenPlace) return inner;
  if ((await dataVersion(join(inner, 'data'))) !== null) {
    throw new EmbeddedPostgresProblem('START_FAILED', `${account.note}, where the database lies; run as an ordinary user who owns it`);
  }
  // A name nobody can take beforehand, and remembered in the home: a new home never meets the data of an older one.
  const hash = createHash('sha256').update(inner).digest('hex').slice(0, 12);
  const place = await mkdtemp(join(openPlace, `vitrine-${hash}-`));
  await chmod(place, 0o711);
  await writeFile(pointer, place, { mode: 0o600 });
  return place;
}

async function socketFolder(inner: string, place: string, owner: Identity | undefined): Promise<string> {
  const near = join(place, 'socket');
  if (Buffer.byteLength(join(near, socketName)) <= longestSocketPath) {
    await mkdir(near, { recursive: true, mode: 0o700 });
    await giveTo(near, owner);
    return near;
  }
  const pointer = join(inner, 'socket-folder');
  const known = await readFile(pointer, 'utf8').catch(() => null);
  if (known !== null && (await ownerOf(known)) === (owner?.uid ?? process.getuid?.())) return known;
  const far = await mkdtemp('/tmp/vitrine-');
  await giveTo(far, owner);
  await writeFile(pointer, far, { mode: 0o600 });
  return far;
}

async function secret(path: string): Promise<string> {
  const fresh = `${path}.${process.pid}`;
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  await writeFile(fresh, randomBytes(32).toString('base64url'), { mode: 0o600 });
  try {
    await link(fresh, path); // fails where another start was first; its secret is then ours too
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(fresh, { force: true });
  }
  return readFile(path, 'utf8');
}

/**
 * Only root can give files away; for everyone else they are right already, or PostgreSQL will say what is wrong. A folder
 * comes after what it holds, so that a folder of the right owner needs no second look.
 */
async function giveTo(path: string, owner: Identity | undefined): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = owner ?? { uid: 0, gid: 0 };
  const entry = await lstat(path);
  if (entry.uid === uid) return;
  if (entry.isDirectory()) {
    for (const name of await readdir(path)) await giveTo(join(path, name), owner);
  }
  await lchown(path, uid, gid).catch((error: unknown) => {
    if (!hasCode(error, 'EPERM')) throw error;
    throw new EmbeddedPostgresProblem(
      'START_FAILED',
      `PostgreSQL refuses to run as root, and this root may not give ${path} to another user; start as an ordinary user`,
    );
  });
}

async function ownerOf(path: string): Promise<number | null> {
  return (await lstat(path).catch(() => null))?.uid ?? null;
}
