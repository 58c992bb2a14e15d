import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainInput } from '../contract/explainer.js';
import type { ModelDescription } from '../contract/model-description.js';
import { checkGame } from './check-game.js';
import { gameParams } from './game-params.js';

const shared = { name: 'toy', version: '1', sha256: '', classes: ['no', 'yes'], multiLabel: false, batchInvariant: true };
const text: ModelDescription = {
  ...shared,
  task: 'text-classification',
  output: { name: 'logits', kind: 'logits' },
  features: [],
  maxTokens: 16,
  maskToken: '[MASK]',
  backgroundRows: 0,
};
const unmasked: ModelDescription = { ...text, maskToken: null };
const row: ModelDescription = {
  ...shared,
  task: 'tabular-classification',
  output: { name: 'probabilities', kind: 'probabilities' },
  features: [
    { name: 'age', kind: 'numeric' },
    { name: 'sex', kind: 'categorical', categories: ['f', 'm'] },
  ],
  maxTokens: null,
  maskToken: null,
  backgroundRows: 100,
};
const bare: ModelDescription = { ...row, backgroundRows: 0 };
const film = { text: 'a funny film' };
const person = { features: { age: 39, sex: 'f' } };

function check(input: ExplainInput, params: unknown, description: ModelDescription): number | null {
  return checkGame({ input, targets: [{}], params: z.strictObject(gameParams).parse(params), seed: 1 }, description);
}
function refusal(input: ExplainInput, params: unknown, description: ModelDescription): ExplainProblem {
  try {
    check(input, params, description);
  } catch (error) {
    if (error instanceof ExplainProblem) return error;
    throw error;
  }
  throw new Error('the request was accepted');
}

describe('checkGame', () => {
  it('counts the players that a text or a row can have', () => {
    expect(check(film, {}, text)).toBe(3);
    expect(check(film, { players: 'characters' }, text)).toBe(10);
    expect(check(film, { players: 'tokens' }, text)).toBeNull();
    expect(check({ text: 'word '.repeat(1000) }, {}, text)).toBe(16);
    expect(check(film, { players: 'groups', groups: [{ name: 'x', spans: [[2, 7]] }] }, text)).toBe(1);
    expect(check(person, {}, row)).toBe(2);
    expect(check(person, { players: 'groups', groups: [{ name: 'both', columns: ['sex', 'age'] }] }, row)).toBe(1);
    expect(check(person, { background: { rows: [{ age: 1, sex: 'm' }] } }, bare)).toBe(2);
    expect(check(person, { masker: 'baseline-row', baseline: { features: { age: 1, sex: 0 } } }, bare)).toBe(2);
    expect(check(film, {}, unmasked)).toBe(3);
  });

  it.each([
    ['a row for a text model', person, {}, text, 'INPUT_KIND_MISMATCH', '/input'],
    ['a text for a tabular model', film, {}, row, 'INPUT_KIND_MISMATCH', '/input'],
    ['an empty text', { text: '' }, {}, text, 'TEXT_EMPTY', '/input/text'],
    ['white space', { text: ' \n\t' }, { players: 'tokens' }, text, 'TEXT_EMPTY', '/input/text'],
    ['a text without words', { text: '?! …' }, {}, text, 'TEXT_EMPTY', '/input/text'],
    ['NUL', { text: 'a\0b' }, {}, text, 'TEXT_INVALID', '/input/text'],
    ['half a surrogate pair', { text: 'a\ud800b' }, {}, text, 'TEXT_INVALID', '/input/text'],
    ['columns of a text', film, { players: 'columns' }, text, 'PLAYERS_UNSUPPORTED', '/params/players'],
    ['words of a row', person, { players: 'words' }, row, 'PLAYERS_UNSUPPORTED', '/params/players'],
    ['background rows for a text', film, { masker: 'background' }, text, 'MASKER_UNSUPPORTED', '/params/masker'],
    ['a mask token for a row', person, { masker: 'mask-token' }, row, 'MASKER_UNSUPPORTED', '/params/masker'],
    ['a mask token that is not there', film, { masker: 'mask-token' }, unmasked, 'MASKER_UNSUPPORTED', '/params/masker'],
    ['replace without a filler', film, { masker: 'replace' }, text, 'PARAM_INVALID', '/params/replacement'],
    ['a filler that would do nothing', film, { replacement: 'x' }, text, 'PARAM_INVALID', '/params/replacement'],
    ['groups that would do nothing', film, { groups: [{ name: 'x', spans: [[0, 1]] }] }, text, 'PARAM_INVALID', '/params/groups'],
    ['background rows that would do nothing', film, { background: { rows: [{ a: 1 }] } }, text, 'PARAM_INVALID', '/params/background'],
    ['a baseline that would do nothing', person, { baseline: { features: { age: 1, sex: 0 } } }, row, 'PARAM_INVALID', '/params/baseline'],
    ['a model without background', person, {}, bare, 'BACKGROUND_MISSING', '/params/background'],
    ['baseline-row without a baseline', person, { masker: 'baseline-row' }, row, 'BACKGROUND_MISSING', '/params/baseline'],
    [
      'a bad background cell',
      person,
      {
        background: {
          rows: [
            { age: 1, sex: 'f' },
            { age: 1, sex: 'x' },
          ],
        },
      },
      row,
      'CATEGORY_UNKNOWN',
      '/params/background/rows/1/sex',
    ],
    [
      'a background row with a hole',
      person,
      { background: { rows: [{ age: 1 }] } },
      row,
      'COLUMN_MISSING',
      '/params/background/rows/0/sex',
    ],
    [
      'a baseline with a stranger',
      person,
      { masker: 'baseline-row', baseline: { features: { age: 1, sex: 0, z: 1 } } },
      row,
      'COLUMN_UNKNOWN',
      '/params/baseline/features/z',
    ],
    ['no groups', film, { players: 'groups' }, text, 'GROUP_INVALID', '/params/groups'],
  ])('refuses %s', (_name, input, params, description, code, pointer) => {
    expect(refusal(input, params, description)).toMatchObject({ code, pointer });
  });

  it.each([
    ['an empty group', [{ name: 'x' }], '/params/groups/0'],
    ['columns of a text', [{ name: 'x', columns: ['age'], spans: [[0, 1]] }], '/params/groups/0/columns'],
    ['a backward span', [{ name: 'x', spans: [[3, 3]] }], '/params/groups/0/spans/0'],
    [
      'a span beyond the text',
      [
        {
          name: 'x',
          spans: [
            [0, 1],
            [3, 99],
          ],
        },
      ],
      '/params/groups/0/spans/1',
    ],
    [
      'spans that overlap',
      [
        { name: 'x', spans: [[2, 7]] },
        { name: 'y', spans: [[6, 8]] },
      ],
      '/params/groups/1/spans/0',
    ],
    [
      'two groups of one name',
      [
        { name: 'x', spans: [[0, 1]] },
        { name: 'x', spans: [[2, 3]] },
      ],
      '/params/groups/1/name',
    ],
    ['a span through a surrogate pair', [{ name: 'x', spans: [[13, 14]] }], '/params/groups/0/spans/0'],
  ])('refuses %s as a group of a text', (_name, groups, pointer) => {
    expect(refusal({ text: 'a funny film 🎬' }, { players: 'groups', groups }, text)).toMatchObject({ code: 'GROUP_INVALID', pointer });
  });

  it.each([
    ['spans of a row', [{ name: 'x', spans: [[0, 1]] }], '/params/groups/0/spans'],
    ['an unknown column', [{ name: 'x', columns: ['age', 'ages'] }], '/params/groups/0/columns/1'],
    [
      'a column in two groups',
      [
        { name: 'x', columns: ['age'] },
        { name: 'y', columns: ['sex', 'age'] },
      ],
      '/params/groups/1/columns/1',
    ],
  ])('refuses %s as a group of a row', (_name, groups, pointer) => {
    expect(refusal(person, { players: 'groups', groups }, row)).toMatchObject({ code: 'GROUP_INVALID', pointer });
  });

  it('names the columns and groups it would have taken', () => {
    expect(refusal(person, { players: 'groups', groups: [{ name: 'x', columns: ['ages'] }] }, row).remedy).toContain('"age", "sex"');
  });
});
