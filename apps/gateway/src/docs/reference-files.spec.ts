import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { findProject } from '#platform';
import { renderReferenceFiles } from './reference-files.js';

describe('docs/reference', () => {
  it('is what the code says; if not, run `npm run docs`', async () => {
    for (const [path, text] of Object.entries(renderReferenceFiles())) {
      const written = await readFile(join(findProject().root, path), 'utf8').catch(() => 'missing');
      expect([path, written]).toEqual([path, text]);
    }
  });
});
