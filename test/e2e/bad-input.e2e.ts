import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calmModel, crashModel, loopForeverModel, memoryBombModel, nanModel, writeModelFolder } from '#testing';
import { Platform, root, type Answer, type Json } from '../support/platform.js';

let platform: Platform;
let models: string;
beforeAll(async () => {
  models = await mkdtemp(join(tmpdir(), 'vitrine-models-'));
  for (const name of ['sst2-minilm', 'adult-lightgbm', 'german-credit-logistic', 'stories260k'])
    await cp(join(root, 'models', name), join(models, name), { recursive: true });
  await writeModelFolder(join(models, 'calm'), calmModel());
  await writeModelFolder(join(models, 'crash'), crashModel());
  await writeModelFolder(join(models, 'forever'), loopForeverModel());
  await writeModelFolder(join(models, 'bomb'), memoryBombModel());
  await writeModelFolder(join(models, 'nan'), nanModel());
  platform = await Platform.start({ environment: { VITRINE_MODELS: models, VITRINE_CHILD_MEMORY_MB: '1024' } });
}, 180_000);
afterAll(async () => {
  await platform.stop();
  await rm(models, { recursive: true, force: true });
}, 60_000);

const text = (value: string, more: object = {}) => ({
  method: 'kernel-shap',
  model: { name: 'sst2-minilm' },
  input: { text: value },
  seed: 1,
  ...more,
});
const person = {
  age: 40,
  workclass: 'Private',
  education_num: 9,
  marital_status: 'Divorced',
  occupation: 'Sales',
  relationship: 'Husband',
  race: 'White',
  sex: 'Male',
  capital_gain: 0,
  capital_loss: 0,
  hours_per_week: 40,
  native_country: 'Cuba',
};
const table = (features: object, more: object = {}) => ({
  method: 'kernel-shap',
  model: { name: 'adult-lightgbm' },
  input: { features },
  seed: 1,
  ...more,
});
const toy = (model: string, trigger: number, more: object = {}) => ({
  method: 'exact-shap',
  model: { name: model },
  input: { features: { signal: 1, other: 0, trigger } },
  seed: 1,
  ...more,
});

function expectProblem(answer: Answer, status: number, code: string, pointer: string | null = null): void {
  const problem = answer.json();
  expect({ status: answer.status, code: problem['code'] }).toEqual({ status, code });
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  for (const member of ['type', 'title', 'detail', 'remedy', 'requestId']) expect(problem[member]).toEqual(expect.any(String));
  if (pointer !== null) expect((problem['errors'] as Json[]).map((error) => error['pointer'])).toContain(pointer);
  expectNoLeak(answer.text);
}

// Neither a stack, nor a path of this machine, nor a message of the runtime with one.
function expectNoLeak(document: string): void {
  expect(document).not.toMatch(/\n\s+at |node_modules|\/libs\/|\/dist\/|\.ts:\d|onnxruntime/i);
  expect(document).not.toContain(tmpdir() + '/');
}

describe('a request that cannot be right gets a problem document, and no job', () => {
  const refused: [string, unknown, number, string, string?][] = [
    ['an unknown method', text('A film.', { method: 'nope' }), 422, 'METHOD_UNKNOWN', '/method'],
    ['an unknown model', text('A film.', { model: { name: 'absent' } }), 422, 'MODEL_UNKNOWN', '/model/name'],
    [
      'an unknown version',
      text('A film.', { model: { name: 'sst2-minilm', version: '9' } }),
      422,
      'MODEL_VERSION_UNKNOWN',
      '/model/version',
    ],
    ['an unknown alias', text('A film.', { model: { name: 'sst2-minilm', alias: 'x' } }), 422, 'ALIAS_UNKNOWN', '/model/alias'],
    ['an unknown class', text('A film.', { target: { class: 'purple' } }), 422, 'CLASS_UNKNOWN', '/target/class'],
    ['a class index out of range', text('A film.', { targets: [{ class: 0 }, { class: 2 }] }), 422, 'CLASS_UNKNOWN', '/targets/1/class'],
    ['a space this model has not', table(person, { target: { space: 'logit' } }), 422, 'TARGET_SPACE_UNSUPPORTED', '/target/space'],
    ['an unknown member', text('A film.', { tenant: 'other' }), 422, 'FIELD_UNKNOWN', '/tenant'],
    ['an unknown parameter', text('A film.', { params: { nsamples: 5 } }), 422, 'FIELD_UNKNOWN', '/params/nsamples'],
    ['an unknown column', table({ ...person, height: 180 }), 422, 'COLUMN_UNKNOWN', '/input/features/height'],
    ['a missing column', table(Object.fromEntries(Object.entries(person).slice(1))), 422, 'COLUMN_MISSING', '/input/features/age'],
    ['an ill-typed column', table({ ...person, age: 'forty' }), 422, 'COLUMN_TYPE', '/input/features/age'],
    ['an unknown category', table({ ...person, workclass: 'Pirate' }), 422, 'CATEGORY_UNKNOWN', '/input/features/workclass'],
    ['a category code out of range', table({ ...person, workclass: 9 }), 422, 'CATEGORY_UNKNOWN', '/input/features/workclass'],
    ['text for a table', { ...text('A film.'), model: { name: 'adult-lightgbm' } }, 422, 'INPUT_KIND_MISMATCH', '/input'],
    ['a row for a text model', { ...table(person), model: { name: 'sst2-minilm' } }, 422, 'INPUT_KIND_MISMATCH', '/input'],
    ['a language model for a method of rows', text('A film.', { model: { name: 'stories260k' } }), 422, 'METHOD_NOT_APPLICABLE', '/method'],
    ['empty text', text(''), 422, 'TEXT_EMPTY', '/input/text'],
    ['white space', text(' \t\n '), 422, 'TEXT_EMPTY', '/input/text'],
    ['NUL', text('a\u0000b'), 422, 'TEXT_INVALID', '/input/text'],
    ['half of a surrogate pair', text('a\ud800b'), 422, 'TEXT_INVALID', '/input/text'],
    [
      'too many players for exact values',
      text('one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen', {
        method: 'exact-shap',
      }),
      422,
      'PLAYERS_TOO_MANY',
    ],
    ...[0, -1, 1.5, 1e9, '100'].map((budget): [string, unknown, number, string, string] => [
      `a budget of ${JSON.stringify(budget)}`,
      text('A film.', { params: { budget } }),
      422,
      'SCHEMA_VIOLATION',
      '/params/budget',
    ]),
    ['a negative seed', text('A film.', { seed: -1 }), 422, 'SCHEMA_VIOLATION', '/seed'],
    ['a label that would pollute', JSON.stringify(text('A film.')).replace('"seed":1', '"labels":{"__proto__":"x"}'), 422, 'FIELD_UNKNOWN'],
    ['broken JSON', '{"a":', 400, 'MALFORMED_JSON'],
    ['NaN', JSON.stringify(table(person)).replace('"age":40', '"age":NaN'), 400, 'NUMBER_OUT_OF_RANGE'],
    ['1e400', JSON.stringify(table(person)).replace('"age":40', '"age":1e400'), 400, 'NUMBER_OUT_OF_RANGE', '/input/features/age'],
    [
      'an integer beyond 2^53',
      JSON.stringify(text('A film.')).replace('"seed":1', '"seed":9007199254740993'),
      400,
      'NUMBER_OUT_OF_RANGE',
      '/seed',
    ],
    ['a repeated member', JSON.stringify(text('A film.')).replace('"seed":1', '"seed":1,"seed":2'), 400, 'DUPLICATE_KEY'],
    ['100,000 brackets', '['.repeat(100_000), 400, 'MALFORMED_JSON'],
    ['a body above 1 MiB', text('x'.repeat(1_100_000)), 413, 'BODY_TOO_LARGE'],
  ];
  // Every row has five members: jest takes a missing last one for its `done`.
  it.each(refused.map(([name, body, status, code, pointer = null]) => [name, body, status, code, pointer] as const))(
    '%s',
    async (_name, body, status, code, pointer) => {
      expectProblem(await platform.call('POST', '/v1/jobs', body), status, code, pointer);
    },
  );

  it('left nothing behind', async () => {
    expect((await platform.call('GET', '/v1/jobs')).json()['items']).toEqual([]);
    expect(({} as Json)['x']).toBeUndefined();
  });

  it('another media type', async () => {
    expectProblem(
      await platform.call('POST', '/v1/jobs', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    );
  });

  it('an unknown job, explanation, model or route', async () => {
    for (const path of [
      '/v1/jobs/nope',
      '/v1/jobs/0192d1c0-0000-7000-8000-000000000001',
      '/v1/explanations/0192d1c0-0000-7000-8000-000000000001',
      '/nope',
    ])
      expectProblem(await platform.call('GET', path), 404, 'NOT_FOUND');
    expectProblem(await platform.call('GET', '/v1/models/absent'), 404, 'MODEL_UNKNOWN');
    expectProblem(await platform.call('DELETE', '/v1/jobs'), 405, 'METHOD_NOT_ALLOWED');
  });

  it('filters that are no filters, and forged pages', async () => {
    for (const query of ['model[not]=x', 'model=a&model=b', 'sort=secret', 'createdAfter=yesterday', 'minConfidence=2'])
      expectProblem(await platform.call('GET', `/v1/explanations?${query}`), 400, 'FILTER_INVALID');
    expectProblem(await platform.call('GET', '/v1/explanations?pageToken=AAAA.BBBB'), 400, 'PAGE_TOKEN_INVALID');
    expectProblem(await platform.call('GET', '/v1/explanations?pageSize=-1'), 400, 'PAGE_SIZE_INVALID');
  });

  it('a page elsewhere that posts here', async () => {
    expectProblem(await platform.call('POST', '/v1/jobs', text('A film.'), { origin: 'https://evil.example' }), 403, 'ORIGIN_NOT_ALLOWED');
  });
});

describe('text that the model cannot read whole', () => {
  it('is explained as far as it goes, and the rest is listed', async () => {
    const long = Array.from({ length: 70 }, () => 'This gripping tale of loss and the sea is good.').join(' ');
    const explanation = await platform.explain(
      text(long, { method: 'occlusion', params: { players: 'sentences' }, target: { class: 'positive' } }),
    );
    const features = explanation['features'] as { span: [number, number]; text: string }[];
    const unexplained = explanation['unexplained'] as [number, number][];
    expect(features.length).toBeGreaterThan(40);
    expect(features.length).toBeLessThan(70);
    for (const feature of features) expect(long.slice(...feature.span)).toBe(feature.text);
    expect(unexplained).toHaveLength(1);
    expect(unexplained[0]?.[1]).toBe(long.length);
    // Nothing between what is explained and what is not, but white space.
    expect(long.slice(features.at(-1)?.span[1], unexplained[0]?.[0]).trim()).toBe('');
    expect((explanation['warnings'] as Json[]).map((warning) => warning['code'])).toContain('TOKENS_TRUNCATED');
  }, 240_000);
});

describe('a model that fails on some inputs', () => {
  it('is registered, and answers the others', async () => {
    for (const model of ['calm', 'nan', 'crash', 'forever', 'bomb']) {
      const [version] = (await platform.call('GET', `/v1/models/${model}/versions`)).json()['items'] as Json[];
      expect(version).toMatchObject({ state: 'ACTIVE' });
      expect(await platform.run(toy(model, 0))).toMatchObject({ state: 'SUCCEEDED' });
    }
  }, 120_000);

  it.each([
    ['nan', 'MODEL_OUTPUT_NON_FINITE', 1],
    ['crash', 'MODEL_CRASHED', 2],
    ['bomb', 'RESOURCE_LIMIT', 1],
  ])(
    '%s ends as %s',
    async (model, code, attempts) => {
      const job = await platform.run(toy(model, 1));
      expect(job).toMatchObject({ state: 'FAILED', attempt: attempts, error: { code } });
      expect((job['error'] as Json)['remedy']).toEqual(expect.any(String));
      expectNoLeak(JSON.stringify(job));
    },
    120_000,
  );

  it('hangs until its deadline and no longer', async () => {
    const job = await platform.run(toy('forever', 1, { deadlineSeconds: 3 }));
    expect(job).toMatchObject({ state: 'FAILED', error: { code: 'DEADLINE_EXCEEDED' } });
  }, 60_000);

  it('leaves the platform well', async () => {
    expect((await platform.call('GET', '/readyz')).status).toBe(200);
    expect(await platform.run(toy('calm', 1))).toMatchObject({ state: 'SUCCEEDED' });
  });
});
