import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FeatureColumn } from '#explainers';
import { readBackground } from './read-background.js';

const features: readonly FeatureColumn[] = [
  { name: 'age', kind: 'numeric' },
  { name: 'colour', kind: 'categorical', categories: ['red', 'green', '0'] },
];
let folder: string;

beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'vitrine-background-'))));
afterAll(() => rm(folder, { recursive: true }));

async function read(text: string) {
  await writeFile(join(folder, 'background.csv'), text);
  return readBackground(folder, 'background.csv', features);
}

describe('readBackground', () => {
  it('reads numbers, categories by name and by code, columns in any order, without the label', async () => {
    const table = await read('\ufefflabel,colour,age\n1,green,39\n0,"red",-1.5e3\n0,1, .5\n');
    expect(table).toEqual({ rows: 3, columns: 2, cells: Float64Array.of(39, 1, -1500, 0, 0.5, 1) });
  });

  it('takes a name for a name even when it looks like a code', async () => {
    expect((await read('age,colour\n1,0\n')).cells[1]).toBe(2);
  });

  it('reads a header alone as no rows', async () => {
    expect(await read('age,colour\n')).toMatchObject({ rows: 0, columns: 2 });
  });

  it.each([
    ['age,colour\n1,blue\n', /row 1: "blue" is no category of column colour/],
    ['age,colour\n1,3\n', /"3" is no category/],
    ['age,colour\n1,red\n,red\n', /row 2: "" is no number of column age/],
    ['age,colour\nNaN,red\n', /"NaN" is no number/],
    ['age,colour\n0x10,red\n', /"0x10" is no number/],
    ['age,colour\n1e400,red\n', /"1e400" is no number/],
    ['age\n1\n', /has no column colour/],
    ['age,colour,size\n1,red,2\n', /has a column "size"/],
    ['age,colour,age\n1,red,2\n', /has a column "age"/],
    ['age,colour\n1\n', /cannot be read as CSV/],
    ['', /has no header/],
  ])('refuses %j', async (text, detail) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'BACKGROUND_INVALID', detail: expect.stringMatching(detail) });
  });
});
