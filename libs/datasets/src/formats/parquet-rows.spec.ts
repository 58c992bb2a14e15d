import { open, readFile, writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DatasetProblem } from '../dataset-problem.js';
import { datasetLimits } from '../limits.js';
import { openParquet } from './parquet-rows.js';
import { RowFile } from './row-file.js';

const PEOPLE = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'test', 'parquet', 'people-snappy.parquet');

/** A slow disk: what is asked for later comes first. */
class SlowFile extends RowFile {
  reading = 0;
  private asked = 0;

  override async slice(start: number, end: number): Promise<ArrayBuffer> {
    this.reading += 1;
    this.asked += 1;
    try {
      await pause(12 - 2 * (this.asked % 6));
      return await super.slice(start, end);
    } finally {
      this.reading -= 1;
    }
  }
}

describe('a damaged Parquet file', () => {
  it('is refused when nothing reads it any more, so that it can be closed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vitrine-parquet-'));
    const whole = await readFile(PEOPLE);
    const left: number[] = [];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }), async (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        const path = join(folder, 'rows.parquet');
        await writeFile(path, bytes);
        const handle = await open(path);
        const file = new SlowFile(handle.fd, false, 2 ** 20);
        try {
          for await (const row of (await openParquet(file, datasetLimits)).rows()) expect(row.cells.length).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof DatasetProblem)) throw error;
          left.push(file.reading);
        } finally {
          await handle.close();
        }
      }),
      { numRuns: 60, seed: 4 },
    );
    await rm(folder, { recursive: true });
    expect([left.length > 10, Math.max(...left)]).toEqual([true, 0]);
  });
});
