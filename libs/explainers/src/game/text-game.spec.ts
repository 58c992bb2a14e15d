import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { everyCoalition } from '#attribution';
import { PieceModel, type PieceModelOptions } from '#testing';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { Feature } from '../contract/explanation.js';
import { gameParams } from './game-params.js';
import type { Game } from './game.js';
import { openTextGame } from './text-game.js';

const schema = z.strictObject(gameParams);

function open(text: string, params: unknown = {}, options: PieceModelOptions = {}): { game: Game; model: PieceModel } {
  const model = new PieceModel((tokens) => tokens.length, options);
  return { game: openTextGame({ input: { text }, targets: [{}], params: schema.parse(params), seed: 1 }, model), model };
}

/** Token rows of coalitions, given as one letter per player: P present, a absent. */
async function rows({ game, model }: { game: Game; model: PieceModel }, coalitions: readonly string[]): Promise<string[]> {
  model.asked.length = 0;
  await game.predict(
    {
      players: game.players.length,
      length: coalitions.length,
      read: (index, into) => into.set([...(coalitions[index] ?? '')].map((letter) => (letter === 'P' ? 1 : 0))),
    },
    0,
    coalitions.length,
  );
  return model.asked.map((tokens) => tokens.join(' '));
}

const shown = (game: Game): unknown[] =>
  game.features.map((feature: Feature) => ('text' in feature ? [feature.text, feature.span, feature.tokens] : feature));
const codes = (game: Game): string[] => game.warnings.map((warning) => warning.code);

function refusal(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}

describe('openTextGame', () => {
  it('plays words, and keeps punctuation and special tokens in every coalition', async () => {
    const opened = open('A gripping film!');
    expect(shown(opened.game)).toEqual([
      ['A', [0, 1], [1]],
      ['gripping', [2, 10], [2, 3]],
      ['film', [11, 15], [4]],
    ]);
    expect(await rows(opened, ['PaP', 'aaa'])).toEqual(['[CLS] A [MASK] [MASK] film ! [SEP]', '[CLS] [MASK] [MASK] [MASK] [MASK] ! [SEP]']);
    expect(opened.game.baseline).toEqual({ players: 'words', masker: 'mask-token', maskToken: '[MASK]' });
    expect(opened.game.warnings).toEqual([]);
  });

  it('deletes tokens, and does so by default when there is no mask token', async () => {
    for (const opened of [open('A gripping film!', { masker: 'delete' }), open('A gripping film!', {}, { maskToken: null })]) {
      expect(await rows(opened, ['PaP', 'aaa'])).toEqual(['[CLS] A film ! [SEP]', '[CLS] ! [SEP]']);
      expect(opened.game.baseline).toEqual({ players: 'words', masker: 'delete' });
    }
  });

  it('replaces each absent word by the filler once', async () => {
    const opened = open('A gripping film!', { masker: 'replace', replacement: 'thing' });
    expect(await rows(opened, ['Paa'])).toEqual(['[CLS] A thin ##g thin ##g ! [SEP]']);
    expect(opened.game.baseline).toEqual({ players: 'words', masker: 'replace', replacement: 'thing' });
  });

  it('refuses a filler without tokens, and one that makes rows too long', () => {
    expect(refusal(() => open('A film', { masker: 'replace', replacement: ' ' }))).toMatchObject({
      code: 'PARAM_INVALID',
      pointer: '/params/replacement',
    });
    expect(refusal(() => open('a b c d', { masker: 'replace', replacement: 'thing' }, { maxTokens: 9 }))).toMatchObject({
      code: 'PARAM_INVALID',
    });
    expect(() => open('a b c d', { masker: 'replace', replacement: 'thing' }, { maxTokens: 10 })).not.toThrow();
  });

  it('plays tokens', async () => {
    const opened = open('gripping!', { players: 'tokens' });
    expect(shown(opened.game)).toEqual([
      ['grip', [0, 4], [1]],
      ['ping', [4, 8], [2]],
      ['!', [8, 9], [3]],
    ]);
    expect(await rows(opened, ['PaP'])).toEqual(['[CLS] grip [MASK] ! [SEP]']);
  });

  it('plays sentences', () => {
    expect(shown(open('It works. Really!', { players: 'sentences' }).game)).toEqual([
      ['It works.', [0, 9], [1, 2, 3, 4]],
      ['Really!', [10, 17], [5, 6, 7]],
    ]);
  });

  it('plays spans that the caller named', async () => {
    const groups = [
      {
        name: 'praise',
        spans: [
          [2, 10],
          [16, 17],
        ],
      },
    ];
    const opened = open('A gripping film !', { players: 'groups', groups });
    expect(opened.game.features).toEqual([
      {
        name: 'praise',
        spans: [
          [2, 10],
          [16, 17],
        ],
        tokens: [2, 3, 5],
      },
    ]);
    expect(await rows(opened, ['a'])).toEqual(['[CLS] A [MASK] [MASK] film [MASK] [SEP]']);
  });

  it('joins characters that share a token under a mask token', () => {
    const { game } = open('abcde', { players: 'characters' });
    expect(shown(game)).toEqual([
      ['abcd', [0, 4], [1]],
      ['e', [4, 5], [2]],
    ]);
    expect(codes(game)).toEqual(['PLAYERS_MERGED']);
    expect(game.warnings[0]?.message).toContain('"abcd"');
  });

  it('deletes characters from the text and tokenises what is left', async () => {
    const opened = open('abcde f', { players: 'characters', masker: 'delete' });
    expect(shown(opened.game)).toHaveLength(6);
    expect(opened.game.warnings).toEqual([]);
    expect(await rows(opened, ['aPPPPP', 'PPPPPP', 'PPaaPP', 'aaaaaa'])).toEqual([
      '[CLS] bcde f [SEP]',
      '[CLS] abcd ##e f [SEP]',
      '[CLS] abe f [SEP]',
      '[CLS] [SEP]',
    ]);
  });

  it('keeps a word that the tokenizer drops as a feature without a part in the game', () => {
    const { game } = open('good zz film', {}, { pattern: /good|film/gu });
    expect(shown(game)).toEqual([
      ['good', [0, 4], [1]],
      ['zz', [5, 7], []],
      ['film', [8, 12], [2]],
    ]);
    expect(game.players).toEqual([0, 2]);
    expect(codes(game)).toEqual(['PLAYER_WITHOUT_TOKENS']);
    expect(refusal(() => open('zz yy', {}, { pattern: /good|film/gu }))).toMatchObject({ code: 'TEXT_EMPTY' });
  });

  it('explains the part of a long text that the model sees, and lists the rest', async () => {
    const opened = open('one two wonderful five', {}, { maxTokens: 5 });
    expect(shown(opened.game)).toEqual([
      ['one', [0, 3], [1]],
      ['two', [4, 7], [2]],
      ['wond', [8, 12], [3]],
    ]);
    expect(opened.game.unexplained).toEqual([[12, 22]]);
    expect(codes(opened.game)).toEqual(['TOKENS_TRUNCATED']);
    expect(opened.game.warnings[0]?.message).toMatch(/at most 5 tokens.*up to position 12.*12 to 22/);
    expect(await rows(opened, ['aPP'])).toEqual(['[CLS] [MASK] two wond [SEP]']);
  });

  it('does not pull unseen text into view by deleting', async () => {
    for (const params of [{ masker: 'delete' }, { masker: 'delete', players: 'characters' }]) {
      const opened = open('ab cd ef gh', params, { maxTokens: 5 });
      const everyone = 'P'.repeat(opened.game.players.length);
      const absent = params.players === undefined ? `a${everyone.slice(1)}` : `aa${everyone.slice(2)}`;
      expect(await rows(opened, [everyone, absent])).toEqual(['[CLS] ab cd ef [SEP]', '[CLS] cd ef [SEP]']);
    }
  });

  it('says when a rebuilt text outgrew the model', async () => {
    // Without its second character "a b" is two words instead of one token.
    const opened = open('a-b cd', { players: 'characters', masker: 'delete' }, { maxTokens: 4, pattern: /a-b|[a-z]+|-/gu });
    await rows(opened, ['PaPPP']);
    expect(opened.game.lateWarnings()).toEqual([]);
    await rows(opened, ['PPPPP', 'aPPPP']);
    expect(opened.game.lateWarnings().map((warning) => warning.code)).toEqual(['REBUILT_TEXT_CUT']);
  });

  it('never hands the model an empty row', () => {
    class Bare extends PieceModel {
      override encode(text: string) {
        const { ids, tokens, offsets, special, cutFrom } = super.encode(text);
        return {
          ids: ids.slice(1, -1),
          tokens: tokens.slice(1, -1),
          offsets: offsets.slice(1, -1),
          special: special.slice(1, -1),
          cutFrom,
        };
      }
    }
    const model = new Bare(() => 0);
    for (const params of [{ masker: 'delete' }, { masker: 'delete', players: 'characters' }]) {
      const request = { input: { text: 'a film' }, targets: [{}], params: schema.parse(params), seed: 1 };
      expect(refusal(() => openTextGame(request, model))).toMatchObject({ code: 'MASKER_UNSUPPORTED', pointer: '/params/masker' });
    }
  });

  it('asks for as many rows as coalitions', async () => {
    const { game, model } = open('a b c');
    await game.predict(everyCoalition(3), 2, 7);
    expect(model.modelRows).toBe(5);
    expect(game.rowsPerCoalition).toBe(1);
  });

  it('is refused by a problem with a pointer, not by an error', () => {
    expect(refusal(() => open('a\0'))).toBeInstanceOf(ExplainProblem);
  });
});
