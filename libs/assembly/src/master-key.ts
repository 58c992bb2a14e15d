import { randomBytes } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigProblem } from '#platform';

/**
 * The master key of an embedded home: made on first use, mode 0600. Losing the file makes every stored explanation of
 * this home unreadable, so it is never overwritten.
 *
 * @throws ConfigProblem when the file is there but holds no key
 */
export async function loadMasterKey(home: string): Promise<Uint8Array> {
  const path = join(home, 'master.key');
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(`${randomBytes(32).toString('base64')}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const key = Buffer.from((await readFile(path, 'utf8')).trim(), 'base64');
  if (key.length !== 32)
    throw new ConfigProblem([
      `master.key in VITRINE_HOME does not hold 32 bytes in base64. Restore it from a backup, or set VITRINE_MASTER_KEY.`,
    ]);
  return new Uint8Array(key);
}
