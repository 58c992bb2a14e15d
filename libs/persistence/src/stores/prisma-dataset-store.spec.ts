import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { localPrincipal } from '#access';
import { BLOCK_ROWS, BlockPacker, canonicalRow, type DatasetBlock, type DatasetRow, type NewDataset } from '#catalog';
import { KeyRing, payloadContext, seal } from '#history';
import { auditWho, recordAudit } from '#jobs';
import { SystemClock } from '#platform';
import { startTestDatabase, type TestDatabase } from '#testing';
import pg from 'pg';
import { uuidv7 } from 'uuidv7';
import { Database } from '../database/database.js';
import { PrismaDatasetStore } from './prisma-dataset-store.js';
import { PrismaJobStore } from './prisma-job-store.js';
import { PrismaKeyStore } from './prisma-key-store.js';
import { PrismaModelStore } from './prisma-model-store.js';

// Thousands of rows through many transactions.
jest.setTimeout(60_000);

let server: TestDatabase;
let raw: pg.Client;
let database: Database;
let store: PrismaDatasetStore;
let keys: KeyRing;
let jobs: PrismaJobStore;
let modelVersionId: string;
const clock = new SystemClock();
const tenant = localPrincipal.tenant;

beforeAll(async () => {
  server = await startTestDatabase();
  raw = new pg.Client({ connectionString: server.connectionString });
  await raw.connect();
  database = new Database({ connectionString: server.connectionString, maxConnections: 4 }, () => undefined);
  keys = new KeyRing(new PrismaKeyStore(database), new Uint8Array(32).fill(3));
  await keys.openTenant('default', 'local');
  await keys.openTenant('other', 'local');
  store = new PrismaDatasetStore(database, keys, clock);
  jobs = new PrismaJobStore(database);
  const model = await new PrismaModelStore(database, clock).addVersion(localPrincipal, {
    ...{ model: 'toy', version: '1', location: 'bundled:toy', sha256: 'ab'.repeat(32), files: [] },
    outcome: { state: 'ACTIVE', description: {} as never, capabilities: {} },
  });
  modelVersionId = model.id;
}, 60_000);

afterAll(async () => {
  await database.close();
  await raw.end();
  await server.stop();
});

beforeEach(async () => {
  await raw.query('RESET ROLE');
  await raw.query(`SET vitrine.tenant = '*'`);
});

const people: NewDataset = {
  name: 'people',
  version: null,
  kind: 'tabular',
  columns: [
    { name: 'age', kind: 'numeric' },
    { name: 'job', kind: 'categorical', categories: ['clerk', 'baker'] },
  ],
  labelColumn: 'income',
  modelName: 'toy',
  fileSha256: 'ab'.repeat(32),
};
const marker = 'PLANTED-MARKER-7f3a9c';
const person = (index: number) => ({
  features: { age: index + 0.5, job: index % 2 === 0 ? 'clerk' : 'baker' },
  label: `${marker}${index % 3}`,
});
const lineOf = ({ features, label }: ReturnType<typeof person>) => canonicalRow([features.age, features.job], label);

async function* blocks(count: number, maxRows = BLOCK_ROWS): AsyncGenerator<DatasetBlock> {
  const packer = new BlockPacker(maxRows, 2 ** 20);
  for (let index = 0; index < count; index++) {
    await Promise.resolve();
    const full = packer.add(lineOf(person(index)));
    if (full !== null) yield full;
  }
  const rest = packer.take();
  if (rest !== null) yield rest;
}

async function add(dataset: NewDataset, count: number, maxRows?: number) {
  const outcome = await store.add(localPrincipal, dataset, blocks(count, maxRows));
  if (outcome.kind !== 'added') throw new Error(outcome.kind);
  return outcome.version;
}

describe('a stored data set', () => {
  it('gives back every range of its rows, whatever the blocks', async () => {
    const count = 1300;
    const all: DatasetRow[] = Array.from({ length: count }, (_, index) => person(index));
    for (const maxRows of [BLOCK_ROWS, 90]) {
      const { id, rows } = await add({ ...people, name: `ranges-${maxRows}` }, count, maxRows);
      expect(rows).toBe(count);
      for (const [from, to] of [
        [0, 1],
        [0, count],
        [511, 513],
        [88, 182],
        [89, 90],
        [100, 900],
        [1299, 1300],
        [1250, 9000],
        [1300, 1301],
        [5, 5],
      ] as const)
        expect(await store.readRows(tenant, id, from, to)).toEqual(all.slice(from, to));
      for (const [from, to] of [
        [-1, 2],
        [3, 2],
        [0, 10_001],
        [0.5, 1],
      ] as const)
        await expect(store.readRows(tenant, id, from, to)).rejects.toThrow(RangeError);
    }
  }, 60_000);

  it('has the SHA-256 of header and canonical rows, however they were cut into blocks', async () => {
    const header = '{"columns":[{"kind":"numeric","name":"age"},{"kind":"categorical","name":"job"}],"kind":"tabular","label":"income"}\n';
    const lines = [`[0.5,"clerk","${marker}0"]\n`, `[1.5,"baker","${marker}1"]\n`, `[2.5,"clerk","${marker}2"]\n`];
    const expected = createHash('sha256')
      .update([header, ...lines].join(''))
      .digest('hex');
    expect((await add({ ...people, name: 'hashed-1' }, 3)).sha256).toBe(expected);
    expect((await add({ ...people, name: 'hashed-2' }, 3, 1)).sha256).toBe(expected);
    expect((await add({ ...people, name: 'hashed-3' }, 4)).sha256).not.toBe(expected);
  });

  it('reads only the blocks it needs', async () => {
    const { id } = await add({ ...people, name: 'touched' }, 3 * BLOCK_ROWS);
    await raw.query(`UPDATE dataset_block SET ciphertext = '\\x00' WHERE version_id = $1 AND first_row <> $2`, [id, BLOCK_ROWS]);
    expect(await store.readRows(tenant, id, BLOCK_ROWS, 2 * BLOCK_ROWS)).toHaveLength(BLOCK_ROWS);
    await expect(store.readRows(tenant, id, BLOCK_ROWS - 1, BLOCK_ROWS + 1)).rejects.toThrow();
  });

  it('does not open a block in another place', async () => {
    const { id } = await add({ ...people, name: 'moved' }, 2 * BLOCK_ROWS);
    await raw.query(
      `UPDATE dataset_block b SET ciphertext = o.ciphertext, nonce = o.nonce FROM dataset_block o
       WHERE b.version_id = $1 AND o.version_id = $1 AND b.first_row = 0 AND o.first_row = $2`,
      [id, BLOCK_ROWS],
    );
    await expect(store.readRows(tenant, id, 0, 1)).rejects.toThrow();
  });

  it('keeps cells and labels out of every column of the database', async () => {
    await add({ ...people, name: 'sealed' }, 10);
    for (const table of ['dataset', 'dataset_version', 'dataset_block', 'subject_key', 'audit_leaf_pending']) {
      const found = await raw.query<{ row: string }>(`SELECT encode(convert_to(t::text, 'UTF8'), 'escape') AS row FROM ${table} t`);
      expect(found.rowCount).toBeGreaterThan(0);
      const hex = Buffer.from(marker, 'utf8').toString('hex');
      for (const { row } of found.rows) expect(row.includes(marker) || row.includes(hex)).toBe(false);
    }
  });
});

describe('versions', () => {
  it('are numbered by the order in which they were finished, and the newest is meant', async () => {
    const dataset = { ...people, name: 'numbered' };
    expect((await add(dataset, 1)).version).toBe('1');
    expect((await add({ ...dataset, version: '2' }, 2)).version).toBe('2');
    expect((await add(dataset, 3)).version).toBe('3');
    expect((await store.find(tenant, 'numbered'))?.rows).toBe(3);
    expect((await store.find(tenant, 'numbered', '1'))?.rows).toBe(1);
    expect(await store.find(tenant, 'numbered', '4')).toBeNull();
    expect((await store.findSummary(tenant, 'numbered'))?.versions.map((one) => one.version)).toEqual(['3', '2', '1']);
    expect(await store.add(localPrincipal, { ...dataset, version: '2' }, blocks(1))).toEqual({ kind: 'version-exists' });
  });

  it('of one name begun at once: one is stored, the others learn that it exists', async () => {
    const outcomes = await Promise.all(
      [1, 2, 3].map((count) => store.add(localPrincipal, { ...people, name: 'raced', version: 'a' }, blocks(count))),
    );
    expect(outcomes.map((one) => one.kind).sort()).toEqual(['added', 'version-exists', 'version-exists']);
    expect((await store.findSummary(tenant, 'raced'))?.versions).toHaveLength(1);
  });

  it('whose rows fail half-way leave nothing behind and use up no number', async () => {
    async function* failing() {
      yield* blocks(BLOCK_ROWS * 70);
      throw new Error('row 35841 is bad');
    }
    const count = async (table: string) => Number((await raw.query<{ n: string }>(`SELECT count(*) AS n FROM ${table}`)).rows[0]?.n);
    const before = await Promise.all([count('dataset_version'), count('dataset_block')]);
    await expect(store.add(localPrincipal, { ...people, name: 'failed' }, failing())).rejects.toThrow('row 35841 is bad');
    expect(await Promise.all([count('dataset_version'), count('dataset_block')])).toEqual(before);
    expect(await store.findSummary(tenant, 'failed')).toBeNull();
    expect((await add({ ...people, name: 'failed' }, 1)).version).toBe('1');
  });

  it('never change, not even by hand', async () => {
    const { id } = await add({ ...people, name: 'fixed' }, 1);
    await raw.query('SET ROLE vitrine_app');
    await expect(raw.query(`UPDATE dataset_version SET rows = 2 WHERE id = $1`, [id])).rejects.toThrow('never changes');
    await expect(raw.query(`DELETE FROM dataset_version WHERE id = $1`, [id])).rejects.toThrow('never changes');
    await expect(raw.query(`UPDATE dataset_block SET rows = 2 WHERE version_id = $1`, [id])).rejects.toThrow('permission denied');
  });

  it('of another tenant are not there', async () => {
    const { id } = await add({ ...people, name: 'own' }, 1);
    expect(await store.find('other', 'own')).toBeNull();
    expect(await store.findById('other', id)).toBeNull();
    expect(await store.readRows('other', id, 0, 1)).toBeNull();
    expect(await store.list('other', null, 10)).toEqual([]);
    expect(await store.delete({ ...localPrincipal, tenant: 'other' }, 'own', true)).toEqual({ kind: 'absent' });
    await raw.query('SET ROLE vitrine_app');
    await raw.query(`RESET vitrine.tenant`);
    for (const table of ['dataset', 'dataset_version', 'dataset_block'])
      expect((await raw.query(`SELECT 1 FROM ${table}`)).rowCount).toBe(0);
  });

  it('are listed newest first, in pages without gap or repetition', async () => {
    const seen: string[] = [];
    for (let after = null as { createdAt: Date; id: string } | null; ;) {
      const page = await store.list(tenant, after, 2);
      if (page.length === 0) break;
      seen.push(...page.map((one) => one.name));
      after = page.at(-1) ?? null;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen[0]).toBe('own');
    expect(seen).toContain('ranges-90');
  });
});

describe('a deleted data set', () => {
  it('has neither key nor rows, and its name can be used again', async () => {
    const { id } = await add({ ...people, name: 'gone' }, 600);
    expect(await store.delete(localPrincipal, 'gone', false)).toEqual({ kind: 'deleted', versions: ['1'] });
    expect(await store.find(tenant, 'gone')).toBeNull();
    expect(await store.readRows(tenant, id, 0, 1)).toBeNull();
    expect((await raw.query(`SELECT 1 FROM dataset_block WHERE version_id = $1`, [id])).rowCount).toBe(0);
    const key = `SELECT wrapped_key FROM subject_key k JOIN dataset_version v ON v.subject_key_id = k.id WHERE v.id = $1`;
    expect((await raw.query(key, [id])).rows).toEqual([{ wrapped_key: null }]);
    expect(await store.delete(localPrincipal, 'gone', false)).toEqual({ kind: 'absent' });
    expect((await add({ ...people, name: 'gone' }, 1)).version).toBe('2');
    const leaves = await raw.query<{ event: string; record: Buffer }>(
      `SELECT event, record FROM audit_leaf_pending WHERE event LIKE 'dataset.%' ORDER BY id`,
    );
    const told = leaves.rows.filter(({ record }) => record.toString('utf8').includes('"dataset":"gone"')).map(({ event }) => event);
    expect(told).toEqual(['dataset.add', 'dataset.delete', 'dataset.add']);
  });

  it('or one whose loading stopped is swept, and one that is being loaded is not', async () => {
    const key = 'SELECT k.id FROM subject_key k WHERE k.wrapped_key IS NOT NULL';
    let left = '';
    async function* dying() {
      yield* blocks(BLOCK_ROWS * 33);
      const found = await raw.query<{ id: string }>(`SELECT id FROM dataset_version WHERE ready_at IS NULL`);
      left = found.rows[0]?.id ?? '';
      await store.sweep();
      expect((await raw.query(`SELECT 1 FROM dataset_block WHERE version_id = $1`, [left])).rowCount).toBe(32);
      // As a process leaves it that ended here.
      await raw.query(`UPDATE dataset_version SET touched_at = now() - interval '11 minutes' WHERE id = $1`, [left]);
      const before = (await raw.query(key)).rowCount ?? 0;
      await store.sweep();
      expect((await raw.query(key)).rowCount).toBe(before - 1);
      expect((await raw.query(`SELECT 1 FROM dataset_version WHERE id = $1`, [left])).rowCount).toBe(0);
      throw new Error('the process ended');
    }
    await expect(store.add(localPrincipal, { ...people, name: 'abandoned' }, dying())).rejects.toThrow('the process ended');
    const { id } = await add({ ...people, name: 'half-deleted' }, 600);
    await raw.query(`UPDATE dataset_version SET deleted_at = now() WHERE id = $1`, [id]);
    await store.sweep();
    expect((await raw.query(`SELECT 1 FROM dataset_block WHERE version_id = $1`, [id])).rowCount).toBe(0);
  });

  it('is known by its file, so that a bundled one does not come back', async () => {
    const bundled = { ...people, name: 'bundled', oncePerFile: true };
    await add(bundled, 1);
    expect(await store.hasFile(tenant, 'bundled', bundled.fileSha256)).toBe(true);
    expect(await store.hasFile(tenant, 'bundled', 'cd'.repeat(32))).toBe(false);
    await store.delete(localPrincipal, 'bundled', false);
    expect(await store.hasFile(tenant, 'bundled', bundled.fileSha256)).toBe(true);
    expect(await store.add(localPrincipal, bundled, blocks(1))).toEqual({ kind: 'version-exists' });
  });

  it('stays while a job or an explanation needs its rows, unless it is forced, and no job can be added once it is gone', async () => {
    const { sha256 } = await add({ ...people, name: 'needed' }, 1);
    const reads = [{ dataset: 'needed', version: '1', sha256 }];
    const job = await createJob(reads);
    expect(await store.delete(localPrincipal, 'needed', false)).toEqual({ kind: 'needed', jobs: 1 });
    await raw.query(`UPDATE subject_key SET wrapped_key = NULL, erased_at = now() WHERE id = $1`, [job]);
    await expect(createJob([{ dataset: 'needed', version: '1', sha256: 'f'.repeat(64) }])).rejects.toThrow('DATASET_GONE');
    await createJob(reads);
    expect(await store.delete(localPrincipal, 'needed', false)).toEqual({ kind: 'needed', jobs: 1 });
    expect(await store.delete(localPrincipal, 'needed', true)).toEqual({ kind: 'deleted', versions: ['1'] });
    await expect(createJob(reads)).rejects.toThrow('DATASET_GONE');
    const [leaf] = (
      await raw.query<{ record: Buffer }>(`SELECT record FROM audit_leaf_pending WHERE event = 'dataset.delete' ORDER BY id DESC LIMIT 1`)
    ).rows;
    expect(JSON.parse(leaf?.record.toString('utf8') ?? '')).toMatchObject({ facts: { dataset: 'needed', forced: true, neededBy: 1 } });
  });
});

/** A job that reads data sets; answers with the id of its subject key. */
async function createJob(
  datasets: readonly { readonly dataset: string; readonly version: string; readonly sha256: string }[],
): Promise<string> {
  const key = await keys.createSubjectKey(tenant, 'local');
  const payloadId = uuidv7();
  const id = uuidv7();
  await jobs.create(
    localPrincipal,
    {
      ...{ id, method: 'kernel-shap', family: 'shap', queue: 'vitrine-shap', labels: {}, priority: 'normal', seed: 7, cache: 'use' },
      model: { name: 'toy', version: '1', versionId: modelVersionId, sha256: 'ab'.repeat(32), alias: null },
      request: { id: payloadId, kind: 'request', name: null, sealed: seal(key.dataKey, Buffer.from('{}'), payloadContext(payloadId)) },
      ...{ purpose: null, deadlineSeconds: 60, requestId: 'r', subjectKeyId: key.id, freshKey: key, datasets },
    },
    recordAudit(clock, 'submit', auditWho(localPrincipal, 'r'), id, {}),
  );
  return key.id;
}
