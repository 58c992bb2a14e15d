import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { localPrincipal } from '#access';
import { History, KeyRing, type ExplanationFilter, type PageCursor } from '#history';
import { Random } from '#numeric';
import { SystemClock } from '#platform';
import { seedHistory, startTestDatabase, type SeededExplanation, type SeedModel, type TestDatabase } from '#testing';
import pg from 'pg';
import { Database } from '../database/database.js';
import { explainExplanationList, explainJobList } from './explain-list.js';
import { PrismaExplanationStore } from './prisma-explanation-store.js';
import { PrismaJobStore } from './prisma-job-store.js';
import { PrismaKeyStore } from './prisma-key-store.js';
import { PrismaModelStore } from './prisma-model-store.js';

const TENANT = 'default';
const SIZE = 5000;

let server: TestDatabase;
let database: Database;
let store: PrismaExplanationStore;
let jobs: PrismaJobStore;
let history: History;
let keys: KeyRing;
let models: SeedModel[];
const seeded: SeededExplanation[] = [];

beforeAll(async () => {
  server = await startTestDatabase();
  database = new Database({ connectionString: server.connectionString, maxConnections: 4 }, () => undefined);
  store = new PrismaExplanationStore(database);
  jobs = new PrismaJobStore(database);
  keys = new KeyRing(new PrismaKeyStore(database), new Uint8Array(32).fill(3));
  history = new History(store, keys);
  await keys.openTenant(TENANT, 'system');
  models = [await addModel('reviews', 'text'), await addModel('income', 'tabular')];
  await seedHistory({
    ...{ connectionString: server.connectionString, keys, models, explanations: SIZE, until: new Date('2026-06-01T00:00:00Z') },
    onStored: (items) => seeded.push(...items),
  });
  const owner = new pg.Client({ connectionString: server.connectionString });
  await owner.connect();
  await owner.query('VACUUM ANALYZE');
  await owner.end();
}, 120_000);

afterAll(async () => {
  await database.close();
  await server.stop();
});

async function addModel(name: string, task: SeedModel['task']): Promise<SeedModel> {
  const version = await new PrismaModelStore(database, new SystemClock()).addVersion(localPrincipal, {
    ...{ model: name, version: '1', location: `bundled:${name}`, sha256: 'ab'.repeat(32), files: [] },
    outcome: { state: 'ACTIVE', description: {} as never, capabilities: {} },
  });
  return { name, version: '1', versionId: version.id, sha256: 'ab'.repeat(32), task, classes: ['negative', 'positive'] };
}

interface Question extends Omit<ExplanationFilter, 'words'> {
  readonly q?: string;
}

/** Looks at every explanation, as it was before it was sealed. */
function expected({ q, ...filter }: Question): string[] {
  const text = (item: SeededExplanation) => JSON.stringify(item.stored.input).toLowerCase();
  const words = q?.toLowerCase().split(' ') ?? [];
  return seeded
    .filter(
      ({ claim, explanation, ...item }) =>
        (filter.model ?? claim.model.name) === claim.model.name &&
        (filter.version ?? claim.model.version) === claim.model.version &&
        (filter.method ?? claim.method) === claim.method &&
        (filter.actor ?? claim.principal.actor) === claim.principal.actor &&
        (filter.predictedClass === undefined || filter.predictedClass === explanation.predictedClass) &&
        (filter.minConfidence ?? 0) <= (explanation.confidence ?? 0) &&
        (filter.createdAfter === undefined || claim.createdAt > filter.createdAfter) &&
        (filter.createdBefore === undefined || claim.createdAt < filter.createdBefore) &&
        Object.entries(filter.labels).every(([key, value]) => claim.labels[key] === value) &&
        words.every((word) =>
          new RegExp(`(?<![\\p{L}\\p{N}_-])${word}(?![\\p{L}\\p{N}_-])`, 'u').test(text({ claim, explanation, ...item })),
        ),
    )
    .sort((a, b) => b.claim.createdAt.getTime() - a.claim.createdAt.getTime() || (a.explanation.id < b.explanation.id ? 1 : -1))
    .map((item) => item.explanation.id);
}

async function toFilter({ q, ...filter }: Question): Promise<ExplanationFilter> {
  return q === undefined ? filter : { ...filter, words: await history.wordTerms(TENANT, q) };
}

/** @param between told after each page */
async function readAll(question: Question, pageSize: number, between: () => Promise<void> = () => Promise.resolve()): Promise<string[]> {
  const filter = await toFilter(question);
  const found: string[] = [];
  for (let after: PageCursor | null = null; ;) {
    const page = await store.list(TENANT, filter, after, pageSize);
    found.push(...page.map((row) => row.id));
    const last = page.at(-1);
    if (last === undefined) return found;
    after = last;
    await between();
  }
}

const middle = new Date('2024-12-01T00:00:00Z');
const questions: Readonly<Record<string, Question>> = {
  everything: { labels: {} },
  'one model': { model: 'income', labels: {} },
  'a version': { version: '1', labels: {} },
  'a method': { method: 'lime-text', labels: {} },
  'a common actor': { actor: 'local', labels: {} },
  nobody: { actor: 'nobody', labels: {} },
  'a class': { predictedClass: 'positive', labels: {} },
  'any confidence': { minConfidence: 0.5, labels: {} },
  'high confidence': { minConfidence: 0.99, labels: {} },
  'the highest confidence': { minConfidence: 0.99999, labels: {} },
  'one case': { labels: { case: 'C-000007' } },
  'one team': { labels: { team: 'risk' } },
  'a case of another team': { labels: { case: 'C-000007', team: 'nobody' } },
  'a time': { createdAfter: middle, createdBefore: new Date('2025-01-01T00:00:00Z'), labels: {} },
  'a common word': { q: 'film', labels: {} },
  'two common words': { q: 'the Film', labels: {} },
  'a word that is not there': { q: 'xylophone', labels: {} },
  'a category': { q: 'sales', labels: {} },
  'what no explanation has together': { model: 'income', method: 'lime-text', labels: {} },
  'three lists': { model: 'reviews', predictedClass: 'negative', actor: 'local', labels: {} },
  'common lists and a rare one': { model: 'reviews', predictedClass: 'negative', labels: { case: 'C-000007' } },
  'common lists and confidence': { model: 'reviews', predictedClass: 'negative', minConfidence: 0.6, labels: {} },
  'high confidence within a list': { model: 'income', minConfidence: 0.9999, labels: {} },
  'six common lists': {
    ...{ model: 'reviews', version: '1', predictedClass: 'positive', minConfidence: 0.5, q: 'the', createdAfter: middle },
    labels: {},
  },
};

describe('the list of explanations', () => {
  it.each(Object.entries(questions))('answers %s as reading every explanation would', async (_name, question) => {
    const wanted = expected(question);
    expect(await readAll(question, wanted.length > 1000 ? 977 : 97)).toEqual(wanted);
  });

  it('answers any combination, page by page', async () => {
    const random = new Random(5, 0, 0, 0);
    const values = Object.values(questions);
    for (let round = 0; round < 40; round++) {
      const picked = [0, 1, 2].slice(0, 2 + random.below(2)).map(() => values[random.below(values.length)] ?? { labels: {} });
      const question = {
        ...(Object.assign({}, ...picked) as Question),
        labels: Object.fromEntries(picked.flatMap((one) => Object.entries(one.labels))),
      };
      const wanted = expected(question);
      expect(await readAll(question, wanted.length > 500 ? 499 : 50)).toEqual(wanted);
    }
  });

  it('finds a rare name and Chinese', async () => {
    const name = seeded.flatMap((item) => / ([A-Z][a-z]{5,8})\./.exec(JSON.stringify(item.stored.input))?.[1] ?? [])[3] ?? '';
    expect(await readAll({ q: name, labels: {} }, 50)).toEqual(expected({ q: name, labels: {} }));
    const chinese = await readAll({ q: '电影', labels: {} }, 500);
    const holding = seeded.filter((item) => JSON.stringify(item.stored.input).includes('电影')).map((item) => item.explanation.id);
    // A dictionary decides where a word ends, so that a few are cut otherwise; what is found does hold it.
    expect(holding).toEqual(expect.arrayContaining(chinese));
    expect(chinese.length).toBeGreaterThan(0.98 * holding.length);
  });

  it.each(Object.entries(questions))('reads indexes alone for %s', async (_name, question) => {
    const plan = await explainExplanationList(database, TENANT, await toFilter(question), {
      createdAt: middle,
      id: seeded[0]?.explanation.id ?? '',
    });
    expect(plan.scannedTables).toEqual([]);
  });

  it('walks a rare list and merges common ones, in order', async () => {
    const rare = await explainExplanationList(database, TENANT, {
      model: 'reviews',
      predictedClass: 'negative',
      labels: { case: 'C-000007' },
    });
    expect(rare.joins).toEqual(['Nested Loop', 'Nested Loop']);
    const common = await explainExplanationList(database, TENANT, {
      model: 'reviews',
      predictedClass: 'negative',
      minConfidence: 0.5,
      labels: {},
    });
    expect(common.joins).toEqual(['Merge Join', 'Merge Join']);
    expect(common.indexes).toEqual(expect.arrayContaining(['explanation_term_pkey', 'explanation_tenant_time']));
  });

  it('sees the tenant alone', async () => {
    expect(await store.list('other', { labels: {} }, null, 10)).toEqual([]);
    expect(await store.list('other', { labels: {}, model: 'income' }, null, 10)).toEqual([]);
  });

  it('opens what was seeded', async () => {
    const item = seeded[4242];
    const lookup = await history.open(TENANT, item?.explanation.id ?? '');
    if (lookup.kind !== 'found') throw new Error(lookup.kind);
    expect(JSON.parse(Buffer.from(lookup.explanation.bytes).toString('utf8'))).toMatchObject({ input: item?.stored.input });
  });
});

describe('the list of jobs', () => {
  it.each([
    { labels: {} },
    { labels: { team: 'risk' } },
    { labels: { case: 'C-000100' } },
    { method: 'kernel-shap', labels: {} },
    { state: 'SUCCEEDED', model: 'income', labels: { team: 'risk' } },
    { state: 'FAILED', labels: {} },
    { state: 'SUCCEEDED', createdAfter: middle, labels: {} },
  ] as const)('%j comes in order and from indexes', async (filter) => {
    const wanted = seeded
      .filter(
        ({ claim }) =>
          (!('state' in filter) || filter.state === 'SUCCEEDED') &&
          (!('model' in filter) || filter.model === claim.model.name) &&
          (!('method' in filter) || filter.method === claim.method) &&
          (!('createdAfter' in filter) || claim.createdAt > filter.createdAfter) &&
          Object.entries(filter.labels).every(([key, value]) => claim.labels[key] === value),
      )
      .sort((a, b) => b.claim.createdAt.getTime() - a.claim.createdAt.getTime() || (a.claim.jobId < b.claim.jobId ? 1 : -1))
      .map(({ claim }) => claim.jobId);
    const first = await jobs.list(TENANT, filter, null, 60);
    expect(first.map((job) => job.id)).toEqual(wanted.slice(0, 60));
    const second = await jobs.list(TENANT, filter, first.at(-1) ?? null, 60);
    expect(second.map((job) => job.id)).toEqual(first.length === 0 ? [] : wanted.slice(60, 120));
    expect((await explainJobList(database, TENANT, filter)).scannedTables).toEqual([]);
  });
});

describe('pages read while rows arrive', () => {
  // A row is dated when its transaction begins, so that one may arrive behind a reader. Whoever was there is not affected.
  it('give every row that was there at the start exactly once, in order', async () => {
    const there = expected({ labels: {} });
    const arrived: string[] = [];
    let round = 0;
    const write = async () => {
      // Ahead of the reader and behind it: over the whole time, and at its newest end.
      for (const days of [1000, 0.0001])
        await seedHistory({
          ...{ connectionString: server.connectionString, keys, models, seed: 100 + round++, explanations: 20 },
          ...{ until: new Date('2026-06-01T00:00:01Z'), days },
          onStored: (items) => arrived.push(...items.map((item) => item.explanation.id)),
        });
    };
    const read = await readAll({ labels: {} }, 1000, write);
    const met = read.filter((id) => arrived.includes(id)).length;
    expect([met > 0, met < arrived.length]).toEqual([true, true]); // some came before the reader, some behind it
    const merged = await readAll({ version: '1', predictedClass: 'positive', labels: {} }, 1000, write);
    const late = new Set(arrived);
    expect(read.filter((id) => !late.has(id))).toEqual(there);
    expect(merged.filter((id) => !late.has(id))).toEqual(expected({ predictedClass: 'positive', labels: {} }));
    expect(new Set(read).size).toBe(read.length);
  }, 60_000);
});
