import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProject } from '#platform';

/**
 * The compiled entry of the child processes: beside this module where this module is compiled, in dist/ where it
 * runs from its source.
 */
export function findChildEntry(): string {
  const here = fileURLToPath(import.meta.url);
  if (here.endsWith('.js')) return join(here, '..', 'child.js');
  return join(findProject().root, 'dist/libs/runner/src/child.js');
}
