import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ModelFile, ModelLocation } from './model-version.js';

/** A folder that an upload fills, unknown to everyone else until it is kept. */
export interface Staging {
  readonly folder: string;
}

/** Nothing of another process is thought abandoned before this age: longer than any upload may take. */
const ABANDONED_MS = 3 * 3_600_000;
const LOCATION = /^uploaded:([A-Za-z0-9_%-]{1,200})\/([0-9a-f-]{36})$/;

/**
 * The files of uploaded models below one folder, which all processes of the platform share. What is received lies in
 * `incoming/` and becomes a model's folder by one rename, after every byte is on the disk.
 */
export class UploadedFiles {
  private readonly incoming: string;
  private readonly models: string;

  /** @param root `<VITRINE_HOME>/files` */
  constructor(root: string) {
    this.incoming = join(root, 'incoming');
    this.models = join(root, 'models');
  }

  /** Bytes that can still be written. */
  async freeBytes(): Promise<number> {
    await mkdir(this.incoming, { recursive: true, mode: 0o700 });
    const { bavail, bsize } = await statfs(this.incoming);
    return bavail * bsize;
  }

  async open(): Promise<Staging> {
    const folder = join(this.incoming, `${encodeName(hostname())}.${process.pid}.${randomUUID()}`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return { folder };
  }

  /**
   * Writes a stream to a file of the staging folder, on the disk when this resolves.
   *
   * @param name a plain file name, checked by the caller
   * @param look sees every chunk before it is written; what it throws ends the writing
   */
  async write({ folder }: Staging, name: string, body: Readable, look: (chunk: Buffer, size: number) => void): Promise<ModelFile> {
    const hash = createHash('sha256');
    let size = 0;
    const watch = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        size += chunk.length;
        try {
          look(chunk, size);
          hash.update(chunk);
          done(null, chunk);
        } catch (error) {
          done(error instanceof Error ? error : new Error(String(error)));
        }
      },
    });
    await pipeline(body, watch, createWriteStream(join(folder, name), { flags: 'wx', mode: 0o600, flush: true }));
    return { name, sha256: hash.digest('hex'), size };
  }

  /** Makes the staging folder the folder of a version. */
  async keep({ folder }: Staging, tenant: string, id: string): Promise<ModelLocation> {
    const home = join(this.models, encodeName(tenant));
    await mkdir(home, { recursive: true, mode: 0o700 });
    await syncFolder(folder);
    await rename(folder, join(home, id));
    await syncFolder(home);
    return `uploaded:${encodeName(tenant)}/${id}`;
  }

  async discard({ folder }: Staging): Promise<void> {
    await rm(folder, { recursive: true, force: true });
  }

  /** The folder of a location of this kind. @throws RangeError for any other */
  locate(location: string): string {
    const match = LOCATION.exec(location);
    if (match?.[1] === undefined || match[2] === undefined) throw new RangeError('unknown kind of model location');
    return resolve(this.models, match[1], match[2]);
  }

  async remove(location: string): Promise<void> {
    await rm(this.locate(location), { recursive: true, force: true });
  }

  /**
   * Removes what a crash left: uploads that were never finished, and folders that no version has.
   *
   * @param alone no other process writes here: everything unfinished is abandoned
   * @param findKnown of these locations, those that a version has
   * @returns how many folders were removed
   */
  async sweep(alone: boolean, findKnown: (locations: readonly string[]) => Promise<ReadonlySet<string>>): Promise<number> {
    let removed = 0;
    for (const name of await list(this.incoming)) {
      const folder = join(this.incoming, name);
      if (!alone && !isOwn(name) && !(await isOlder(folder))) continue;
      await rm(folder, { recursive: true, force: true });
      removed += 1;
    }
    for (const tenant of await list(this.models)) {
      const ids = await list(join(this.models, tenant));
      const known = await findKnown(ids.map((id) => `uploaded:${tenant}/${id}`));
      for (const id of ids) {
        const folder = join(this.models, tenant, id);
        if (known.has(`uploaded:${tenant}/${id}`) || !(alone || (await isOlder(folder)))) continue;
        await rm(folder, { recursive: true, force: true });
        removed += 1;
      }
    }
    return removed;
  }
}

/** What this process would have written, before it has written anything: left by one before it under the same number. */
function isOwn(name: string): boolean {
  return name.startsWith(`${encodeName(hostname())}.${process.pid}.`);
}

async function isOlder(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => null);
  return found !== null && Date.now() - found.mtimeMs > ABANDONED_MS;
}

async function list(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

/** A name without dots, slashes or anything else that a file system reads as more than a name. */
function encodeName(name: string): string {
  return encodeURIComponent(name).replace(/[.!'()*~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
