import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the clone. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
