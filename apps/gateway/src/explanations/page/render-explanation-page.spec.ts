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

  it('says that gradients which pass what rounds are approximate', () => {
    const warnings = [{ code: 'STRAIGHT_THROUGH', message: '1 node rounds.' }];
    const page = render({ warnings, standardErrors: null, estimated: false });
    expect(page).toContain('approximate: gradients pass what rounds');
    expect(page).not.toContain('exact: nothing');
    expect(render({ warnings })).toContain('approximate: gradients pass what rounds · 1 of 2 columns not distinguishable from 0');
  });

  it('says of slopes of columns that units differ', () => {
    const words = 'Each number is per unit of its column';
    const slopes = { method: 'saliency', standardErrors: null, targets: [{ ...target, baseScore: null, completenessGap: null }] };
    expect(render({ ...slopes, params: { players: 'columns', reduce: 'sum' } })).toContain(words);
    expect(render({ ...slopes, params: { players: 'columns', reduce: 'sum' } })).toContain('log-odds per unit of its column');
    expect(render({ ...slopes, params: { players: 'columns', reduce: 'input-x-gradient' } })).not.toContain(words);
    expect(render({ ...slopes, params: { players: 'words', reduce: 'sum' } })).not.toContain(words);
  });

  it('shows no number as 0 that is none, unless it is rounding beside the others', () => {
    const text = render({ attributions: [[0.5, -0.00023]], standardErrors: null });
    expect(text).toContain('>−0.0002<');
    expect(render({ attributions: [[0.5, 2.3e-9]], standardErrors: null })).toContain('>+0.000<');
  });

  it('keeps the digits of a seed and of a probability close to 1', () => {
    expect(render({})).toContain('seed 9007199254740991');
    expect(render({})).toContain('bad 99.9931\u00a0%');
  });
});

describe('the page of tokens after a prompt', () => {
  const log = (probability: number) => Math.log(probability);
  const rival = (token: string, probability: number) => ({ token, name: `▁${token.trim()}`, tokenId: 9, logProbability: log(probability) });
  const generated = [
    { token: ' girl', name: '▁girl', tokenId: 5, logProbability: log(0.5), rivals: [rival(' boy', 0.25), rival(' dog', 0.125)] },
    { token: ' named', name: '▁named', tokenId: 6, logProbability: log(0.75), rivals: [rival(' who', 0.2)] },
  ];
  const piece = (text: string, start: number, token: number) => ({
    text,
    span: [start, start + text.length] as [number, number],
    tokens: [token],
  });
  const features = [
    { ...piece('<s>', 0, 0), span: [0, 0] as [number, number] },
    piece('A', 0, 1),
    piece(' little', 1, 2),
    piece(' girl', 8, 3),
  ];
  const relevance = {
    ...{ method: 'attention-relevance', input: { prompt: 'A little', generate: { maxTokens: 2 } }, params: { players: 'tokens' } },
    ...{ prediction: [], features, attributions: [[0.25, 0.5, 0.125, 1.0625]], standardErrors: null, estimated: false },
    targets: [{ class: '▁named', index: 6, space: 'log-probability' as const, score: log(0.75), baseScore: null, completenessGap: null }],
    result: { generated, layers: [0], readouts: [3] },
  };
  const plain = (page: string) => page.replace(/<style>.*<\/style>/s, '').replace(/<[^>]+>/g, '');

  const coloured = (page: string) => {
    const words = /<p class="words"[^>]*>.*?<\/p>/s.exec(page)?.[0] ?? '';
    return { words: plain(words), marked: [...words.matchAll(/<mark[^>]*>(.*?)<\/mark>/gs)].map(([, text]) => plain(text ?? '')) };
  };

  it('colours the prompt and what followed, as far as it was read', () => {
    const page = render({ ...relevance, method: 'saliency', params: { reduce: 'l2' }, result: { generated } });
    expect(coloured(page)).toEqual({ words: 'A little girl named', marked: ['A', ' little', ' girl'] });
  });

  it('says which token is explained, and which ones could have stood in its place', () => {
    const page = render(relevance);
    expect(plain(page)).toContain('Explained ▁named · token 6 · 75.0 % · rivals: ▁who 20.0 %');
    expect(page).toContain('<h2>What followed</h2>');
    expect(plain(page)).toContain('▁boy 25.0 % · ▁dog 12.5 %');
  });

  it('shows the start of a word in one way, whatever the vocabulary writes', () => {
    const targets = [{ ...relevance.targets[0], class: 'Ġnamed Ġon', index: null }] as (typeof answer)['targets'];
    const spelt = [
      {
        ...rival(' named', 0.75),
        name: 'Ġnamed',
        rivals: [
          { ...rival(' ', 0.1), name: 'Ġ' },
          { ...rival('ly', 0.1), name: 'ly' },
        ],
      },
    ];
    const page = render({ ...relevance, targets, result: { ...relevance.result, generated: spelt } });
    expect(plain(page)).toContain('▁named ▁on');
    expect(plain(page)).toContain('▁ 10.0 % · ly 10.0 %');
    expect(plain(page)).toContain('▁little');
    expect(plain(page.split('<h2>Provenance')[0] ?? '')).not.toContain('Ġ');
    // Labels of classes are what they are.
    expect(render({ targets: [{ ...target, class: 'Ġnejna' }] })).toContain('Ġnejna');
  });

  it('says of a token that is named, and did not follow, what it is alone', () => {
    const targets = [{ ...relevance.targets[0], class: '▁cat', index: 7, space: 'logit' as const, score: 3 }] as (typeof answer)['targets'];
    const text = plain(render({ ...relevance, input: { text: 'A little' }, features: features.slice(0, 3), targets, result: {} }));
    expect(text).toContain('Explained ▁cat · token 7\n');
    const several = [{ ...relevance.targets[0], class: '▁girl ▁named', index: null }] as (typeof answer)['targets'];
    expect(plain(render({ ...relevance, targets: several }))).toContain('Explained ▁girl ▁named\n');
  });

  it('says that the token which is read has a relevance of about 1 by construction, and compares the others', () => {
    const page = render(relevance);
    expect(plain(page)).toContain('The token that is read, “▁girl”, has a relevance of about 1 by construction');
    expect(coloured(page)).toEqual({ words: 'A little girl named', marked: ['A', ' little'] });
    expect(plain(page)).toContain('in relevance, which has no unit, without the token that is read');
    // Its number is in the table nevertheless, and the others have their digits.
    expect(numbersIn(page)).toContain(1.0625);
    const small = render({ ...relevance, attributions: [[0.00025, 0.0005, 0.000125, 1.0625]] });
    expect(plain(small)).toContain('+0.00050');
    const choice = { target: 0, theme: 'auto' as const, figure: 'text' as const, attention: null };
    expect(drawExplanation({ ...answer, ...relevance }, choice)).toContain('without the token that is read');
  });

  it('says nothing of it where the token has no number of its own, or is alone', () => {
    const saliency = render({ ...relevance, method: 'saliency', result: { generated } });
    const words = render({
      ...relevance,
      features: features.slice(1, 3),
      attributions: [[0.5, 0.125]],
      result: { layers: [0], readouts: [0] },
    });
    for (const page of [saliency, words]) expect(plain(page)).not.toMatch(/by construction|without the token/);
    const alone = render({
      ...relevance,
      features: features.slice(0, 1),
      attributions: [[1]],
      result: { generated, layers: [0], readouts: [0] },
    });
    expect(plain(alone)).not.toContain('without the token');
  });

  it('keeps the output of an encoder-decoder apart from its source', () => {
    const output = [{ ...piece('<s>', 8, 3), span: [8, 8] as [number, number] }, piece(' girl', 8, 4)];
    const both = { features: [...features.slice(0, 3), ...output], attributions: [[0.25, 0.5, 0.125, 0.25, 1]] };
    const page = render({ ...relevance, ...both, result: { generated, layers: [0], readouts: [1], outputFrom: 3 } });
    expect(coloured(page)).toEqual({ words: 'A little\n girl named', marked: ['A', ' little'] });
    expect(plain(page)).toContain('The token that is read, “▁girl”, has');
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
