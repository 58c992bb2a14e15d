import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { localPrincipal } from '#access';
import type { ValidationClaim, ValidationOutcome } from '#catalog';
import { KeyRing } from '#history';
import { SystemClock } from '#platform';
import { startTestDatabase, type TestDatabase } from '#testing';
import pg from 'pg';
import { uuidv7 } from 'uuidv7';
import { Database } from '../database/database.js';
import { PrismaKeyStore } from './prisma-key-store.js';
import { PrismaModelStore } from './prisma-model-store.js';
import { PrismaValidationStore } from './prisma-validation-store.js';

const clock = new SystemClock();
let server: TestDatabase;
let raw: pg.Client;
let database: Database;
let models: PrismaModelStore;
let validations: PrismaValidationStore;
let model = '';

beforeAll(async () => {
  server = await startTestDatabase();
  raw = new pg.Client({ connectionString: server.connectionString });
  await raw.connect();
  await raw.query(`SET vitrine.tenant = '*'`);
  await raw.query('SET ROLE vitrine_app');
  database = new Database({ connectionString: server.connectionString, maxConnections: 8 }, () => undefined);
  models = new PrismaModelStore(database, clock);
  validations = new PrismaValidationStore(database, clock);
  await new KeyRing(new PrismaKeyStore(database), new Uint8Array(32).fill(3)).openTenant('default', 'local');
}, 60_000);
afterAll(async () => {
  await database.close();
  await raw.end();
  await server.stop();
});
beforeEach(async () => {
  await raw.query(`UPDATE model_version SET deleted_at = now() WHERE state = 'VALIDATING'`);
  model = `m-${uuidv7()}`;
  await models.addModel(localPrincipal, model);
});

async function add(version: string | null = null): Promise<string> {
  const id = uuidv7();
  const added = await models.addUpload(localPrincipal, {
    id,
    model,
    version,
    location: `uploaded:default/${id}`,
    files: [{ name: 'model.onnx', sha256: 'a'.repeat(64), size: 1 }],
  });
  return typeof added === 'string' ? added : added.version;
}

async function claim(): Promise<ValidationClaim> {
  const claimed = await validations.claim(15, 3);
  if (claimed === null) throw new Error('nothing waits');
  return claimed;
}

const active: ValidationOutcome = {
  state: 'ACTIVE',
  description: { name: 'x' } as never,
  capabilities: {},
  sha256: 'b'.repeat(64),
  files: null,
};
const rejected: ValidationOutcome = { state: 'REJECTED', reasons: [{ code: 'MODEL_CRASHED', detail: 'x' }], sha256: null, files: null };
const stateOf = async (version: string) => (await models.findVersion('default', model, version))?.state;

describe('versions that wait', () => {
  it('are claimed once each, however many ask at once', async () => {
    const versions = [await add(), await add(), await add()];
    const claims = await Promise.all(Array.from({ length: 8 }, () => validations.claim(15, 3)));
    expect(claims.flatMap((one) => one?.version ?? []).sort()).toEqual(versions);
    expect(await validations.claim(15, 3)).toBeNull();
  });

  it('are claimed oldest first, whatever their names and the order of their rows', async () => {
    const versions = [await add('c'), await add('a'), await add('b'), await add('d')];
    // The first that was written becomes the newest.
    for (const [age, version] of versions.entries())
      await raw.query(
        `UPDATE model_version SET created_at = now() - make_interval(mins => $3)
         WHERE version = $1 AND model_id = (SELECT id FROM model WHERE name = $2)`,
        [version, model, age],
      );
    const claimed = [];
    for (const _ of versions) claimed.push((await claim()).version);
    expect(claimed).toEqual([...versions].reverse());
  });

  it('go to another when a lease ran out, and whoever came late writes nothing', async () => {
    const version = await add();
    const first = await claim();
    await raw.query(`UPDATE model_version SET lease_until = now() - interval '1 s' WHERE id = $1`, [first.id]);
    const second = await claim();
    expect([second.id, second.epoch, second.attempt]).toEqual([first.id, 2, 2]);
    expect(await validations.renew(first, 15)).toBe(false);
    expect(await validations.end(first, rejected)).toBe(false);
    expect(await stateOf(version)).toBe('VALIDATING');
    expect(await validations.end(second, active)).toBe(true);
    expect(await models.findAlias('default', model, 'production')).toMatchObject({ version, state: 'ACTIVE' });
    expect(await validations.end(second, rejected)).toBe(false);
  });

  it('are rejected when their attempts are spent, and not before', async () => {
    const version = await add();
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(await validations.rejectSpent(3, { code: 'MODEL_CRASHED', detail: 'lost' })).toBe(0);
      await claim();
      await validations.expireLeases();
    }
    expect(await validations.claim(15, 3)).toBeNull();
    expect(await validations.rejectSpent(3, { code: 'MODEL_CRASHED', detail: 'lost' })).toBe(1);
    expect(await models.findVersion('default', model, version)).toMatchObject({
      state: 'REJECTED',
      reasons: [{ code: 'MODEL_CRASHED', detail: 'lost' }],
    });
  });

  it('spend no attempt when they are given back', async () => {
    await add();
    await validations.release(await claim());
    expect(await claim()).toMatchObject({ attempt: 1, epoch: 2 });
  });

  it('that are deleted meanwhile stay so, and their names are not given again', async () => {
    const version = await add();
    const claimed = await claim();
    await models.deleteVersion(localPrincipal, model, version, false);
    expect(await validations.renew(claimed, 15)).toBe(false);
    expect(await validations.end(claimed, active)).toBe(false);
    expect(await models.findVersion('default', model, version)).toBeNull();
    expect([await add(version), await add()]).toEqual(['version-exists', '2']);
  });

  it('leave a leaf of what they came to', async () => {
    await add();
    const claimed = await claim();
    await validations.end(claimed, rejected);
    const { rows } = await raw.query<{ event: string }>('SELECT event FROM audit_leaf_pending WHERE subject_id = $1 ORDER BY id', [
      claimed.id,
    ]);
    expect(rows.map((row) => row.event)).toEqual(['model.add', 'model.validate']);
    await expect(raw.query(`UPDATE model_version SET state = 'ACTIVE' WHERE id = $1`, [claimed.id])).rejects.toThrow(/final/);
  });
});
