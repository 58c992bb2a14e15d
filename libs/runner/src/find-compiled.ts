import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProject } from '#platform';

/**
 * A compiled module to start a process with: beside the caller where the caller is compiled, in dist/ where it runs from its
 * source.
 *
 * @param caller import.meta.url of a module in the same folder
 * @param folder of the caller, from the project's root
 */
export function findCompiled(caller: string, name: string, folder: string): string {
  const here = fileURLToPath(caller);
  if (here.endsWith('.js')) return join(here, '..', name);
  return join(findProject().root, 'dist', folder, name);
}
