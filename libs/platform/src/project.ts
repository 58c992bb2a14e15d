import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const manifest = z.object({ name: z.literal('vitrine'), version: z.string() });

/** The folder this code was installed into and its version. */
export interface Project {
  readonly root: string;
  readonly version: string;
}

/**
 * Found from this module's own place, because the working directory is whatever the caller's shell had. Works from
 * the sources and from the compiled tree.
 */
export function findProject(from: string = dirname(fileURLToPath(import.meta.url))): Project {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (existsSync(path)) {
      const parsed = manifest.safeParse(JSON.parse(readFileSync(path, 'utf8')));
      if (parsed.success) return { root: folder, version: parsed.data.version };
    }
    if (folder === dirname(folder)) throw new Error('package.json of vitrine is not above this module');
  }
}
