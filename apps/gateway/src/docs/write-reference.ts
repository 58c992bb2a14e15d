import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findProject } from '#platform';
import { renderReferenceFiles } from './reference-files.js';

// Run after a change of a route, a method, a setting or a code of a problem.
const { root } = findProject();
for (const [path, text] of Object.entries(renderReferenceFiles())) {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
  process.stdout.write(`wrote ${path}\n`);
}
