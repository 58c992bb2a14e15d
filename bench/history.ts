import { localPrincipal } from '#access';
import { History, type ExplanationFilter } from '#history';
import { explainExplanationList, PrismaExplanationStore } from '#persistence';
import { loadConfig } from '#platform';
import { Platform } from '../test/support/platform.js';
import type { Bench, Ratio } from './bench.js';
import { openHistory } from './history/open-history.js';
import { percentileOf } from './percentile-of.js';

const EXPLANATIONS = 100_000;
const ROUNDS = 60;
const GOAL_MS = 50;
const DEEP_PAGES = 400;

/** Queries of GET /v1/explanations: every documented filter, combinations that have much, little and nothing in common, full text. */
const queries: Readonly<Record<string, string>> = {
  'no filter': '',
  model: 'model=sst2-minilm',
  version: 'version=1',
  method: 'method=lime-text',
  actor: 'actor=nightly',
  predictedClass: 'predictedClass=positive',
  'minConfidence 0.6': 'minConfidence=0.6',
  'minConfidence 0.999': 'minConfidence=0.999',
  'minConfidence 0.999999999': 'minConfidence=0.999999999',
  'label, one': 'label.case=C-004711',
  'label, a fifth': 'label.team=risk',
  'two labels': 'label.team=risk&label.case=C-004711',
  'createdAfter and createdBefore': 'createdAfter=2025-03-01T00:00:00Z&createdBefore=2025-03-08T00:00:00Z',
  'model, method, actor': 'model=sst2-minilm&method=lime-text&actor=local',
  'nothing in common': 'model=sst2-minilm&method=lime-tabular',
  'class, confidence, label': 'predictedClass=positive&minConfidence=0.9&label.team=audit',
  'all filters':
    'model=sst2-minilm&version=1&method=kernel-shap&actor=local&predictedClass=positive&minConfidence=0.5&label.team=risk&createdAfter=2024-01-01T00:00:00Z&q=film',
  'q, common word': 'q=the',
  'q, rarer word': 'q=winter',
  'q, rare name': 'q=Kakaka',
  'q, two common words': 'q=the+film',
  'q, two rarer words': 'q=winter+camera',
  'q, Chinese': 'q=%E7%94%B5%E5%BD%B1',
  'q, Chinese, two words': 'q=%E9%9D%9E%E5%B8%B8+%E9%93%B6%E8%A1%8C',
  'q, absent': 'q=xylophone',
  'q with a model of other inputs': 'q=the&model=adult-lightgbm',
};
const jobQueries: Readonly<Record<string, string>> = {
  'jobs, state': 'state=SUCCEEDED',
  'jobs, rare state': 'state=FAILED',
  'jobs, model, method, label': 'model=sst2-minilm&method=lime-text&label.team=risk',
};

export const historyBench: Bench = {
  name: 'history',
  about: `milliseconds of a page over REST on ${EXPLANATIONS.toLocaleString('en')} stored explanations, p95 (embedded shape)`,
  async run(tell) {
    const platform = await Platform.start({ shape: 'embedded', environment: { VITRINE_LOG_LEVEL: 'warn' } });
    try {
      await platform.end('SIGTERM'); // its models are registered; the database is free for seeding
      await fill(platform.home, tell);
      await platform.startApps();
      const ratios: Ratio[] = [];
      const measure = async (label: string, path: string, rounds = ROUNDS) => {
        const times: number[] = [];
        for (let round = 0; round < rounds; round++) times.push(await time(platform, path));
        tell(`${label}: p50 ${percentileOf(times, 50).toFixed(1)} ms, p95 ${percentileOf(times, 95).toFixed(1)} ms`);
        ratios.push({ label: `${label}, p95 in ms`, value: percentileOf(times, 95), goal: GOAL_MS, better: 'lower' });
      };
      for (let round = 0; round < 50; round++) await time(platform, '/v1/explanations'); // the process warms up
      for (const [label, query] of Object.entries(queries)) await measure(label, `/v1/explanations?${query}`);
      for (const [label, query] of Object.entries(jobQueries)) await measure(label, `/v1/jobs?${query}`);
      for (const query of ['', 'model=sst2-minilm&predictedClass=positive', 'q=the'])
        await measure(
          `page ${DEEP_PAGES} of ${query === '' ? 'no filter' : query}`,
          await turnPages(platform, `/v1/explanations?${query}`),
        );
      return ratios;
    } finally {
      await platform.stop();
    }
  },
};

async function fill(home: string, tell: (line: string) => void): Promise<void> {
  const opened = await openHistory(loadConfig({ VITRINE_HOME: home }));
  try {
    const startedAt = performance.now();
    await opened.seed(EXPLANATIONS, 1, (done) => {
      if (done % 20_000 === 0) tell(`${done} seeded`);
    });
    tell(`${EXPLANATIONS} explanations seeded in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
    const history = new History(new PrismaExplanationStore(opened.database), opened.keys);
    for (const [label, query] of Object.entries(queries)) {
      const filter = await toFilter(history, query);
      const { indexes, scannedTables, joins } = await explainExplanationList(opened.database, localPrincipal.tenant, filter);
      const all = [...new Set([...joins, ...indexes])].join(', ');
      tell(`plan of ${label}: ${all === '' ? 'none, a list is empty' : all}`);
      if (scannedTables.length > 0) throw new Error(`${label} reads ${scannedTables.join(', ')} without an index`);
    }
  } finally {
    await opened.close();
  }
}

async function toFilter(history: History, query: string): Promise<ExplanationFilter> {
  const given = Object.fromEntries(new URLSearchParams(query));
  const { q, minConfidence, createdAfter, createdBefore } = given;
  const { model, version, method, actor, predictedClass } = given;
  return {
    ...{ model, version, method, actor, predictedClass },
    minConfidence: minConfidence === undefined ? undefined : Number(minConfidence),
    createdAfter: createdAfter === undefined ? undefined : new Date(createdAfter),
    createdBefore: createdBefore === undefined ? undefined : new Date(createdBefore),
    words: q === undefined ? undefined : await history.wordTerms(localPrincipal.tenant, q),
    labels: Object.fromEntries(
      Object.entries(given).flatMap(([name, value]) => (name.startsWith('label.') ? [[name.slice(6), value]] : [])),
    ),
  };
}

async function time(platform: Platform, path: string): Promise<number> {
  const startedAt = performance.now();
  const answer = await platform.call('GET', path);
  const took = performance.now() - startedAt;
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
  return took;
}

/** The address of a page far into a list. */
async function turnPages(platform: Platform, path: string): Promise<string> {
  let next = path;
  for (let page = 1; page < DEEP_PAGES; page++) {
    const { headers } = await platform.call('GET', next);
    const following = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
    if (following === undefined) return next;
    next = following;
  }
  return next;
}
