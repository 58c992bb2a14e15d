import './add-no-op.js';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findProject } from '#platform';

// The child of the product, over a registry with one method more.
await import(pathToFileURL(join(findProject().root, 'dist', 'libs', 'runner', 'src', 'child.js')).href);
