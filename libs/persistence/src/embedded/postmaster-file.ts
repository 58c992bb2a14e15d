import { execFile } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hasCode } from './has-code.js';

/** Process id in `postmaster.pid` of a data folder, which PostgreSQL removes as the last act of an orderly end; null without one. */
export async function readPostmasterId(data: string): Promise<number | null> {
  try {
    const [first = ''] = (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n');
    const id = Number(first);
    return Number.isInteger(id) && id > 0 ? id : null;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** Whether process `id` is a PostgreSQL on this data folder: after a crash the number may belong to another program. */
export async function isPostmasterOf(id: number, data: string): Promise<boolean> {
  if (process.platform === 'linux') {
    // Empty for a zombie, missing for an id that is free.
    const command = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '');
    return command.includes('postgres\0') && command.split('\0').includes(data);
  }
  const { stdout } = await promisify(execFile)('/bin/ps', ['-o', 'command=', '-p', String(id)]).catch(() => ({ stdout: '' }));
  return stdout.includes(`postgres -D ${data} `);
}

/**
 * Writes `own` over the id in a file left behind by a crash. PostgreSQL refuses to start while any process has the number
 * that stands there, but takes its own parent's for stale. Removing the file would also remove its check of shared memory,
 * which finds backends that outlived their postmaster.
 */
export async function disownPostmasterFile(data: string, own: number): Promise<void> {
  const path = join(data, 'postmaster.pid');
  const [, ...rest] = (await readFile(path, 'utf8')).split('\n');
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile([String(own), ...rest].join('\n'));
    await file.sync();
  } finally {
    await file.close();
  }
}
