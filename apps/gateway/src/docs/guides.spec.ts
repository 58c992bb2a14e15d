import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { findProject, loadConfig } from '#platform';

/** The platform by itself, the metrics of a worker, and a receiver of webhooks that the reader brings. */
const ports = [String(loadConfig({}).port), '9464', '9000'];

describe('the guides', () => {
  it('send their examples where the platform listens unless it is told otherwise', async () => {
    const { root } = findProject();
    const folders = ['docs/tutorial', 'docs/how-to'];
    const pages = ['README.md'];
    for (const folder of folders) pages.push(...(await readdir(join(root, folder))).map((name) => `${folder}/${name}`));
    const found = await Promise.all(
      pages.map(async (page) =>
        Array.from((await readFile(join(root, page), 'utf8')).matchAll(/(?:localhost|127\.0\.0\.1):(\d+)/g), ([, port]) => [page, port]),
      ),
    );
    expect(found.flat().length).toBeGreaterThan(20);
    expect(found.flat().filter(([, port]) => !ports.includes(port ?? ''))).toEqual([]);
  });
});
