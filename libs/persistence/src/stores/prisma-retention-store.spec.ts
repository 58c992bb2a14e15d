import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { localPrincipal } from '#access';
import { History, KeyRing, payloadContext, seal } from '#history';
import { auditWho, Eraser, recordAudit, RetentionDuty, WordReader, type RetentionPolicy } from '#jobs';
import { createLogger, SystemClock, type Clock } from '#platform';
import { seedHistory, startTestDatabase, type SeededExplanation, type TestDatabase } from '#testing';
import pg from 'pg';
import { uuidv7 } from 'uuidv7';
import { Database } from '../database/database.js';
import { PrismaExplanationStore } from './prisma-explanation-store.js';
import { PrismaKeyStore } from './prisma-key-store.js';
import { PrismaModelStore } from './prisma-model-store.js';
import { PrismaRetentionStore } from './prisma-retention-store.js';
import { PrismaWordBacklog } from './prisma-word-backlog.js';

const TENANT = 'default';
const DAY_MS = 86_400_000;
const SIZE = 600;
// Hundreds of transactions of their own, on a machine that may be busy.
jest.setTimeout(60_000);
const now = new Date('2026-06-01T00:00:00Z');
const time: { now: Date } = { now };
const clock: Clock = { now: () => time.now };

let server: TestDatabase;
let raw: pg.Client;
let database: Database;
let explanations: PrismaExplanationStore;
let store: PrismaRetentionStore;
let keys: KeyRing;
let history: History;
let eraser: Eraser;
const seeded: SeededExplanation[] = [];

beforeAll(async () => {
  server = await startTestDatabase();
  raw = new pg.Client({ connectionString: server.connectionString });
  await raw.connect();
  await raw.query(`SET vitrine.tenant = '*'`);
  database = new Database({ connectionString: server.connectionString, maxConnections: 4 }, () => undefined);
  explanations = new PrismaExplanationStore(database);
  store = new PrismaRetentionStore(database);
  keys = new KeyRing(new PrismaKeyStore(database), new Uint8Array(32).fill(3));
  history = new History(explanations, keys);
  eraser = new Eraser(store, clock);
  await keys.openTenant(TENANT, 'system');
  const version = await new PrismaModelStore(database, new SystemClock()).addVersion(localPrincipal, {
    ...{ model: 'reviews', version: '1', location: 'bundled:reviews', sha256: 'ab'.repeat(32), files: [] },
    outcome: { state: 'ACTIVE', description: {} as never, capabilities: {} },
  });
  await seedHistory({
    ...{ connectionString: server.connectionString, keys, explanations: SIZE, until: now, days: 1000 },
    models: [
      { name: 'reviews', version: '1', versionId: version.id, sha256: 'ab'.repeat(32), task: 'text', classes: ['negative', 'positive'] },
    ],
    onStored: (items) => seeded.push(...items),
  });
}, 120_000);

afterAll(async () => {
  await database.close();
  await raw.end();
  await server.stop();
});

const count = async (statement: string, values: unknown[]) =>
  Number((await raw.query<{ count: string }>(statement, values)).rows[0]?.count);
function item(place: number): SeededExplanation {
  const found = seeded[place];
  if (found === undefined) throw new Error('not seeded');
  return found;
}

describe('an erasure', () => {
  it('destroys payloads, words and key, and leaves the record', async () => {
    const { explanation, claim, request } = item(590);
    const outcome = await eraser.eraseOnRequest(localPrincipal, explanation.id, 'r-1');
    expect(outcome).toMatchObject({ kind: 'erased', facts: { payloads: 2, keyDestroyed: true } });
    expect(await count('SELECT count(*) FROM payload WHERE id = ANY($1)', [[request.id, explanation.result.id]])).toBe(0);
    expect(await count('SELECT count(*) FROM subject_key WHERE id = $1 AND wrapped_key IS NOT NULL', [claim.subjectKeyId])).toBe(0);
    expect(
      await count('SELECT count(*) FROM explanation_term WHERE explanation_id = $1 AND term = ANY($2::bigint[])', [
        explanation.id,
        explanation.words.terms.map(String),
      ]),
    ).toBe(0);
    expect(await count(`SELECT count(*) FROM audit_leaf_pending WHERE subject_id = $1 AND event = 'erase'`, [claim.jobId])).toBe(1);
    expect(await history.open(TENANT, explanation.id)).toMatchObject({ kind: 'erased', erasure: { reason: 'request' } });
    const [listed] = await explanations.list(TENANT, { labels: { case: claim.labels['case'] ?? '' } }, null, 5);
    expect(listed).toMatchObject({ id: explanation.id, searchable: 'none', erasure: { reason: 'request' } });
    const words = await history.wordTerms(TENANT, 'film');
    expect((await explanations.list(TENANT, { labels: {}, words }, null, 1000)).map((row) => row.id)).not.toContain(explanation.id);
  });

  it('happens once, whoever asks, how many at once', async () => {
    const { explanation, claim } = item(591);
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => eraser.eraseOnRequest(localPrincipal, explanation.id, 'r-2')));
    expect(outcomes.map((one) => one.kind).sort()).toEqual(['already', 'already', 'already', 'erased']);
    expect(await count(`SELECT count(*) FROM audit_leaf_pending WHERE subject_id = $1 AND event = 'erase'`, [claim.jobId])).toBe(1);
  });

  it('knows no explanation of another tenant', async () => {
    const { explanation } = item(592);
    expect(await eraser.eraseOnRequest({ ...localPrincipal, tenant: 'other' }, explanation.id, 'r-3')).toEqual({ kind: 'absent' });
    expect(await history.open(TENANT, explanation.id)).toMatchObject({ kind: 'found' });
  });

  it('spares the key of a named subject and what else rests under it', async () => {
    const { explanation, claim } = item(593);
    await raw.query('UPDATE subject_key SET ref_commitment = $2 WHERE id = $1', [claim.subjectKeyId, Buffer.from('patient 7')]);
    const other = uuidv7();
    const key = await keys.openSubjectKey(TENANT, claim.subjectKeyId);
    const sealed = seal(key?.dataKey ?? new Uint8Array(), Buffer.from('another visit'), payloadContext(other));
    await raw.query(
      `INSERT INTO payload (id, tenant_id, actor, subject_key_id, kind, nonce, ciphertext, commitment, size) VALUES ($1, $2, 'local', $3, 'result', $4, $5, $6, 13)`,
      [other, TENANT, claim.subjectKeyId, Buffer.from(sealed.nonce), Buffer.from(sealed.ciphertext), Buffer.from(sealed.commitment)],
    );
    expect(await eraser.eraseOnRequest(localPrincipal, explanation.id, 'r-4')).toMatchObject({
      facts: { payloads: 2, keyDestroyed: false },
    });
    expect(await history.open(TENANT, explanation.id)).toMatchObject({ kind: 'erased' });
    expect(Buffer.from((await history.openPayload(TENANT, claim.subjectKeyId, other)) ?? []).toString()).toBe('another visit');
  });
});

describe('retention', () => {
  const policy: RetentionPolicy = {
    rules: [
      { match: { label: { key: 'team', value: 'audit' } }, keepDays: null },
      { match: { method: 'lime-text', model: 'reviews' }, keepDays: 200 },
      { match: { method: 'exact-shap' }, keepDays: 900 },
    ],
    defaultDays: 500,
  };
  const keepDaysOf = ({ claim }: SeededExplanation) =>
    claim.labels['team'] === 'audit' ? null : claim.method === 'lime-text' ? 200 : claim.method === 'exact-shap' ? 900 : 500;
  const isDue = (one: SeededExplanation, at: Date) => {
    const days = keepDaysOf(one);
    return days !== null && one.claim.createdAt.getTime() < at.getTime() - days * DAY_MS;
  };
  const duty = () =>
    new RetentionDuty(store, eraser, { holds: () => Promise.resolve(true) }, clock, createLogger({ level: 'silent', app: 'spec' }));
  const erasedIds = async () =>
    (await raw.query<{ id: string }>(`SELECT explanation_id AS id FROM explanation_erasure WHERE reason = 'retention'`)).rows
      .map((row) => row.id)
      .sort();
  const dueIds = (at: Date) =>
    seeded
      .filter((one) => isDue(one, at))
      .map((one) => one.explanation.id)
      .sort();

  it('lets go exactly what its first matching rule lets go, and tells beforehand', async () => {
    const leaf = recordAudit(clock, 'retention.set', auditWho(localPrincipal, 'r'), 'retention', { ...policy });
    await store.setPolicy(localPrincipal, policy, leaf);
    await raw.query(`UPDATE retention_policy SET updated_at = $1`, [now]);
    const before = await store.measure(TENANT, policy, now);
    expect(before.due.explanations).toBe(dueIds(now).length);
    await duty().apply();
    expect(dueIds(now).length).toBeGreaterThan(50);
    expect(await erasedIds()).toEqual(dueIds(now));
    expect(await store.findRun(TENANT)).toMatchObject({
      examined: seeded.length,
      erased: dueIds(now).length,
      freedBytes: before.due.bytes,
      finishedAt: now,
    });
    expect((await store.measure(TENANT, policy, now)).due).toEqual({ explanations: 0, bytes: 0 });
  });

  it('passes again an hour later, and goes on where another process stopped', async () => {
    time.now = new Date(now.getTime() + 60 * DAY_MS);
    const run = await store.findRun(TENANT);
    if (run === null) throw new Error('no run');
    // A process ended in the middle of a pass that began now.
    const middle = item(200);
    await store.saveRun(TENANT, {
      ...run,
      startedAt: time.now,
      finishedAt: null,
      reached: { createdAt: middle.claim.createdAt, id: middle.explanation.id },
    });
    await duty().apply();
    const skipped = new Set(seeded.slice(0, 201).map((one) => one.explanation.id));
    expect((await erasedIds()).filter((id) => !dueIds(now).includes(id))).toEqual(
      dueIds(time.now).filter((id) => !dueIds(now).includes(id) && !skipped.has(id)),
    );
    // Those before the middle are due, but within the hour no pass begins.
    const before = [await store.findRun(TENANT), await erasedIds()];
    time.now = new Date(time.now.getTime() + 3_600_000 - 1);
    await duty().apply();
    expect([await store.findRun(TENANT), await erasedIds()]).toEqual(before);
    expect(await erasedIds()).not.toEqual(dueIds(time.now));
    time.now = new Date(time.now.getTime() + 1);
    await duty().apply();
    expect(await erasedIds()).toEqual(dueIds(time.now));
    expect(await store.findRun(TENANT)).toMatchObject({ startedAt: time.now, finishedAt: time.now });
  });

  it('begins again at once when the policy was changed, and goes by the new one alone', async () => {
    const leaf = recordAudit(clock, 'retention.set', auditWho(localPrincipal, 'r'), 'retention', {});
    await store.setPolicy(localPrincipal, { rules: [], defaultDays: 100 }, leaf);
    time.now = new Date(time.now.getTime() + 1);
    await raw.query(`UPDATE retention_policy SET updated_at = $1`, [time.now]);
    const before = await erasedIds();
    await duty().apply();
    const due = seeded.filter(({ claim }) => claim.createdAt.getTime() < time.now.getTime() - 100 * DAY_MS);
    const asked = (await raw.query<{ id: string }>(`SELECT explanation_id AS id FROM explanation_erasure WHERE reason = 'request'`)).rows;
    const gone = new Set([...before, ...asked.map(({ id }) => id)]);
    const after = await erasedIds();
    expect(after.length).toBeGreaterThan(before.length);
    expect(after).toEqual([...before, ...due.map(({ explanation }) => explanation.id).filter((id) => !gone.has(id))].sort());
  });
});

describe('words of explanations older than the full text', () => {
  it('are read until none is left', async () => {
    const { rows } = await raw.query<{ id: string }>(`SELECT id FROM explanation ORDER BY created_at DESC LIMIT 150`);
    const ids = rows.map((row) => row.id);
    const words = await history.wordTerms(TENANT, 'film');
    const found = async () => (await explanations.list(TENANT, { labels: {}, words }, null, 600)).map((row) => row.id);
    const before = await found();
    await raw.query(
      'DELETE FROM explanation_term t USING explanation_words w, unnest(w.terms) AS word (term) WHERE w.explanation_id = ANY($1) AND t.explanation_id = w.explanation_id AND t.term = word.term',
      [ids],
    );
    await raw.query('DELETE FROM explanation_words WHERE explanation_id = ANY($1)', [ids]);
    await raw.query(
      'INSERT INTO explanation_unindexed (explanation_id, tenant_id, actor) SELECT id, tenant_id, actor FROM explanation WHERE id = ANY($1)',
      [ids],
    );
    expect(await explanations.hasUnindexed(TENANT)).toBe(true);
    expect((await explanations.find(TENANT, ids[0] ?? ''))?.searchable).toBe('not-yet');
    expect((await found()).length).toBeLessThan(before.length);
    const reader = new WordReader(
      new PrismaWordBacklog(database),
      history,
      keys,
      { holds: () => Promise.resolve(true) },
      createLogger({ level: 'silent', app: 'spec' }),
    );
    expect([await reader.readBatch(), await reader.readBatch(), await reader.readBatch()]).toEqual([100, 50, 0]);
    expect(await found()).toEqual(before);
    expect(await new PrismaExplanationStore(database).hasUnindexed(TENANT)).toBe(false);
  });
});
