import { describe, expect, it } from '@jest/globals';
import type { ExplanationAnswer } from '../explanation-answer.js';
import { drawExplanation } from '../draw-explanation.js';
import { renderExplanationPage } from './render-explanation-page.js';

type Target = ExplanationAnswer['targets'][number];

const target: Target = { class: 'bad', index: 1, space: 'log-odds', score: 0.75, baseScore: -1.0625, completenessGap: 0 };

const answer: ExplanationAnswer = {
  id: '01a2137e-8a6d-72f5-8923-f56fba7c8cb8',
  jobId: '01a2137e-8a6d-72f5-8923-f56fba7c8cb9',
  createdAt: '2026-11-25T17:04:00.000Z',
  actor: 'local',
  labels: {},
  method: 'kernel-shap',
  model: { name: 'credit', version: '3', sha256: 'a'.repeat(64) },
  input: { features: { age: 33 } },
  params: { players: 'columns' },
  seed: 9_007_199_254_740_991,
  baseline: { masker: 'background' },
  prediction: [{ label: 'bad', probability: 0.9999312 }],
  features: [
    { name: 'age', value: 33 },
    { name: 'money', value: null, columns: ['amount', 'savings'] },
  ],
  targets: [target],
  attributions: [[1.234567890123456, -0.1]],
  standardErrors: [[0.0123456789, 0.2]],
  evaluations: 512,
  budget: 600,
  estimated: true,
  truncated: false,
  unexplained: [],
  quality: { fidelity: null },
  warnings: [],
  modelRows: 51_200,
  tensors: [],
  resultHash: 'b'.repeat(64),
  timing: {},
};

const render = (changes: Partial<ExplanationAnswer>, only: number | null = null) =>
  renderExplanationPage(
    { ...answer, ...changes },
    { environment: { node: 'v20' }, theme: 'auto', target: only, attention: null, overlays: [] },
  ).page;

const numbersIn = (page: string) => [...page.matchAll(/<data value="([^"]*)"/g)].map((match) => Number(match[1]));

describe('the page', () => {
  it('shows 60 columns in its table and says what its bars leave out', () => {
    const features = Array.from({ length: 60 }, (_, index) => ({ name: `column ${index}`, value: index }));
    const attributions = [features.map((_feature, index) => Math.sin(index + 1))];
    const page = render({ features, attributions, standardErrors: null });
    expect(page).toContain('and 40 more, together');
    expect(numbersIn(page)).toEqual(expect.arrayContaining(attributions.flat()));
    expect(page.match(/<tr role="row"><th scope="row"/g)).toHaveLength(61); // with the prediction
    expect(page).toContain('exact: nothing was sampled');
  });

  it('shows a regression by its value', () => {
    const page = render({ prediction: [{ value: 12.5 }], targets: [{ ...target, class: null, index: null, space: 'value' }] });
    expect(page).toContain('Why credit answers 12.50');
    expect(page).toContain('What speaks for and against <bdi>value</bdi>');
  });

  it('shows every target, or the one that is asked for', () => {
    const targets = [target, { ...target, against: { class: 'good', index: 0 } }];
    const changes = {
      targets,
      attributions: [
        [1, 2],
        [3, 4],
      ],
      standardErrors: null,
    };
    expect(render(changes)).toContain('<bdi>bad rather than good</bdi>');
    expect(numbersIn(render(changes))).toEqual(expect.arrayContaining([1, 2, 3, 4]));
    expect(numbersIn(render(changes, 1))).not.toContain(2);
  });

  it('says how a surrogate fits, and what a sum leaves over', () => {
    expect(render({ quality: { fidelity: [0.375] } })).toContain('surrogate fits 38 % of the variation');
    expect(render({ targets: [{ ...target, completenessGap: 0.25 }] })).toContain('does not add up to the score: 0.250 is left over');
    expect(render({ targets: [{ ...target, completenessGap: 1e-16 }] })).toContain('adds up to the score (gap 1e-16)');
    expect(render({})).toContain('1 of 2 columns not distinguishable from 0');
  });

  it('keeps the digits of a seed and of a probability close to 1', () => {
    expect(render({})).toContain('seed 9007199254740991');
    expect(render({})).toContain('bad 99.9931\u00a0%');
  });
});

describe('the page of a data set', () => {
  const estimate = (value: number) => ({ value, interval: [value - 0.015625, value + 0.03125] });
  const column = (name: string, value: number) => ({
    ...{ name, meanAbs: estimate(value), mean: estimate(-value / 4) },
    quantiles: [
      { share: 0.05, value: -value },
      { share: 0.5, value: value / 8 },
    ],
    ...{ positive: 17, negative: 23, zero: 2, meanStandardError: null },
  });
  const word = (text: string, mean: number) => ({
    ...{ word: text, occurrences: 4, missed: 0, mean, interval: null, total: 4 * mean, meanAbs: Math.abs(mean) },
  });
  const result = {
    rows: { asked: 44, explained: 42, failed: [{ code: 'COLUMN_TYPE', rows: 2 }] },
    ...{ method: 'permutation-shap', replicates: 200, confidence: 0.9, quantileRelativeError: 0.01 },
    targets: [{ columns: [column('age', 0.25), column('<i>', 0.5)], words: null }],
    sample: [{ row: 3, values: [33, 'x'], attributions: [[0.5, -0.25]] }],
    rowWarnings: [],
  };
  const data = { method: 'global-importance', input: { dataset: 'loans', version: '1', rows: [0, 44] }, prediction: [], result };

  it('holds every number of the columns', () => {
    const page = render(data);
    const [target0] = result.targets;
    const columns = target0?.columns ?? [];
    const expected = [
      ...[target.score, target.baseScore],
      ...columns.flatMap(({ meanAbs, mean }) => [meanAbs.value, ...meanAbs.interval, mean.value, ...mean.interval]),
      ...columns.flatMap((one) => [...one.quantiles.map(({ value }) => value), one.positive, one.negative, one.zero]),
    ];
    expect(numbersIn(page)).toEqual(expected);
    for (const words of [
      'What moves credit over 42 rows of loans',
      '42 of 44 rows explained',
      '2 rows not explained (COLUMN_TYPE)',
      '90 % interval',
    ])
      expect(page).toContain(words);
    expect(page).not.toContain('<i>');
  });

  it('lists words where the rows are texts', () => {
    const words = { distinct: 2, missedAtMost: 0, toward: [word('funny', 0.5)], against: [word('dull', -0.25)] };
    const changes = { ...data, features: [], attributions: [[]], result: { ...result, targets: [{ columns: [], words }], sample: [] } };
    const page = render(changes);
    expect(page).toContain('funny × 4');
    expect(numbersIn(page)).toEqual([target.score, target.baseScore, 4, 0.5, 2, 0.5, 4, -0.25, -1, 0.25]);
    const choice = { target: 0, theme: 'auto' as const, figure: undefined, attention: null };
    expect(drawExplanation({ ...answer, ...changes }, choice)).toContain('Words that move bad');
    expect(() => drawExplanation({ ...answer, ...changes }, { ...choice, figure: 'beeswarm' })).toThrow(/no figure beeswarm; it has words/);
  });

  it('has its own figures', () => {
    const choice = { target: 0, theme: 'auto' as const, attention: null };
    expect(drawExplanation({ ...answer, ...data }, { ...choice, figure: undefined })).toContain('What moves bad');
    expect(drawExplanation({ ...answer, ...data }, { ...choice, figure: 'beeswarm' })).toContain(': 1 row<');
    expect(() => drawExplanation({ ...answer, ...data }, { ...choice, figure: 'bars' })).toThrow(/it has importance, beeswarm/);
  });
});
