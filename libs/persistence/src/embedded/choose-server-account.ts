import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgresProblem } from './embedded-postgres-problem.js';
import { runProgram } from './run-program.js';
import type { Identity, ServerAccount } from './server-account.js';

/**
 * - `own`: the user of this process.
 * - `namespace`: the same user under another name in a user namespace. Files stay where they are and stay ours.
 * - `capability`: the system's user nobody, with the one capability of entering folders that are closed to it.
 * - `identity`: nobody without any privilege; its files cannot lie below a closed folder.
 */
export type AccountKind = 'own' | 'namespace' | 'capability' | 'identity';

/** Tries the kinds in order and takes the first under which `postgres` of `binaries` executes. */
export async function chooseServerAccount(binaryFolder: string, kinds: readonly AccountKind[] = usualKinds()): Promise<ServerAccount> {
  const nobody = await findNobody();
  const failures: string[] = [];
  for (const kind of kinds) {
    const account = describeAccount(kind, nobody);
    if (account.needsOpenPlace) return account; // there is nothing to execute before the binaries are copied
    const failure = await tryAccount(account, join(binaryFolder, 'bin', 'postgres'));
    if (failure === null) return account;
    failures.push(`${kind}: ${failure}`);
  }
  throw new EmbeddedPostgresProblem('START_FAILED', `PostgreSQL cannot be executed here (${failures.join('; ')})`);
}

function usualKinds(): readonly AccountKind[] {
  if (process.getuid?.() === 0) return ['namespace', 'capability', 'identity'];
  return hasName() ? ['own'] : ['namespace'];
}

function hasName(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false; // for instance a container started with a bare number as its user
  }
}

function describeAccount(kind: AccountKind, nobody: Identity): ServerAccount {
  const { uid, gid } = nobody;
  if (kind === 'own') return { prefix: [], needsOpenPlace: false };
  if (kind === 'namespace') {
    return { prefix: ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`, '--'], needsOpenPlace: false };
  }
  if (kind === 'capability') {
    // Without no_setuid_fixup, access(2) drops the capability for a user other than root, and initdb does not find postgres.
    const only = '-all,+dac_override';
    const capabilities = ['--securebits=+no_setuid_fixup', `--inh-caps=${only}`, `--ambient-caps=${only}`, `--bounding-set=${only}`];
    return {
      prefix: ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...capabilities, '--no-new-privs', '--'],
      owner: nobody,
      needsOpenPlace: false,
      note: `PostgreSQL refuses to run as root; it runs as user ${uid}`,
    };
  }
  return {
    prefix: [],
    spawnAs: nobody,
    owner: nobody,
    needsOpenPlace: true,
    note: `PostgreSQL refuses to run as root and user ${uid} cannot enter this folder`,
  };
}

/** An unprivileged user every system has; the numbers differ between systems. */
async function findNobody(): Promise<Identity> {
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '');
  for (const name of ['nobody', 'daemon']) {
    const fields = users
      .split('\n')
      .find((line) => line.startsWith(`${name}:`))
      ?.split(':');
    const [uid, gid] = [Number(fields?.[2]), Number(fields?.[3])];
    // macOS gives nobody the number -2, which chown(2) of Node does not take.
    if (uid > 0 && gid > 0) return { uid, gid };
  }
  return { uid: 65534, gid: 65534 };
}

/** Null when the program executes, else what stood in the way. */
async function tryAccount(account: ServerAccount, program: string): Promise<string | null> {
  try {
    await runProgram(account, program, ['-V']);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
