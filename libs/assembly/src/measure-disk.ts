import { statfs } from 'node:fs/promises';

/** Space of the file system a folder lies on, in bytes; null when it cannot be told. */
export async function measureDisk(folder: string): Promise<{ readonly freeBytes: number; readonly totalBytes: number } | null> {
  try {
    const { bsize, bavail, blocks } = await statfs(folder);
    return { freeBytes: bsize * bavail, totalBytes: bsize * blocks };
  } catch {
    return null; // a gateway of the distributed shape may have no home
  }
}
