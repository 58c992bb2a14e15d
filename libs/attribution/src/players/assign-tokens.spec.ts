import { describe, expect, it } from '@jest/globals';
import { assignTokens, playTokens, shareTokens, type PlayerCandidate, type TokenView } from './assign-tokens.js';
import { segmentText } from './segment-text.js';
import type { Span } from './span.js';

/** Tokens at the given places, between two special ones. */
function view(offsets: readonly Span[], cutFrom: number | null = null): TokenView {
  const none: Span = [0, 0];
  return { offsets: [none, ...offsets, none], special: [true, ...offsets.map(() => false), true], cutFrom };
}
const words = (text: string): PlayerCandidate[] => segmentText(text, 'words').map((span) => ({ name: null, spans: [span] }));
const named = (name: string, ...spans: Span[]): PlayerCandidate => ({ name, spans });

describe('assignTokens', () => {
  it('gives every piece of a word to the word, and punctuation to nobody', () => {
    const { players, merged, unexplained } = assignTokens(
      'good cliches.',
      view([
        [0, 4],
        [5, 7],
        [7, 12],
        [12, 13],
      ]),
      words('good cliches.'),
    );
    expect(players).toEqual([
      { name: null, spans: [[0, 4]], tokens: [1] },
      { name: null, spans: [[5, 12]], tokens: [2, 3] },
    ]);
    expect([merged, unexplained]).toEqual([[], null]);
  });

  it('gives a token with a space or a full stop in it to the one word it reaches into', () => {
    const { players, merged } = assignTokens(
      'a film.',
      view([
        [0, 1],
        [1, 7],
      ]),
      words('a film.'),
    );
    expect(players.map((player) => player.tokens)).toEqual([[1], [2]]);
    expect(merged).toEqual([]);
  });

  it('joins players that share a token, through chains of them', () => {
    const { players, merged } = assignTokens(
      'a b c d e',
      view([
        [0, 1],
        [2, 5],
        [4, 7],
        [8, 9],
      ]),
      words('a b c d e'),
    );
    expect(players).toEqual([
      { name: null, spans: [[0, 1]], tokens: [1] },
      {
        name: null,
        spans: [
          [2, 3],
          [4, 5],
          [6, 7],
        ],
        tokens: [2, 3],
      },
      { name: null, spans: [[8, 9]], tokens: [4] },
    ]);
    expect(merged).toEqual([players[1]]);
  });

  it('keeps a player whose characters the tokenizer dropped', () => {
    const { players } = assignTokens(
      'a \u0301 b',
      view([
        [0, 1],
        [4, 5],
      ]),
      [named('a', [0, 1]), named('mark', [2, 3]), named('b', [4, 5])],
    );
    expect(players.map((player) => player.tokens)).toEqual([[1], [], [2]]);
  });

  it('never gives a special token away, even when it stands in the text', () => {
    const encoding: TokenView = {
      offsets: [
        [0, 6],
        [7, 11],
      ],
      special: [true, false],
      cutFrom: null,
    };
    expect(assignTokens('[MASK] film', encoding, words('[MASK] film')).players.map((player) => player.tokens)).toEqual([[], [1]]);
  });

  it('lists a group at its place with all its spans, in whatever order groups come', () => {
    const groups = [named('late', [4, 5], [8, 9]), named('early', [0, 1])];
    const { players } = assignTokens(
      'a b c d e',
      view([
        [0, 1],
        [2, 3],
        [4, 5],
        [6, 7],
        [8, 9],
      ]),
      groups,
    );
    expect(players).toEqual([
      {
        name: 'late',
        spans: [
          [4, 5],
          [8, 9],
        ],
        tokens: [3, 5],
      },
      { name: 'early', spans: [[0, 1]], tokens: [1] },
    ]);
  });

  it('names a joined group after its members', () => {
    const { merged } = assignTokens('ab', view([[0, 2]]), [named('x', [0, 1]), named('y', [1, 2])]);
    expect(merged).toEqual([
      {
        name: 'x + y',
        spans: [
          [0, 1],
          [1, 2],
        ],
        tokens: [1],
      },
    ]);
  });

  it('explains what the model sees of a cut text, and says what it does not', () => {
    const text = 'one wonderful film ';
    const { players, unexplained } = assignTokens(
      text,
      view(
        [
          [0, 3],
          [4, 10],
        ],
        10,
      ),
      words(text),
    );
    expect(players).toEqual([
      { name: null, spans: [[0, 3]], tokens: [1] },
      { name: null, spans: [[4, 10]], tokens: [2] },
    ]);
    expect(unexplained).toEqual([10, 18]);
  });

  it('does not call white space unexplained', () => {
    expect(assignTokens('one  ', view([[0, 3]], 3), words('one')).unexplained).toBeNull();
  });
});

describe('shareTokens', () => {
  it('lists a token with every player it reaches into, and keeps them apart', () => {
    const letters = ['a', 'b', 'c'].map((name, at) => named(name, [at, at + 1]));
    const { players, merged } = shareTokens(
      'abc',
      view([
        [0, 2],
        [2, 3],
      ]),
      letters,
    );
    expect(players.map(({ name, tokens }) => [name, tokens])).toEqual([
      ['a', [1]],
      ['b', [1]],
      ['c', [2]],
    ]);
    expect(merged).toEqual([]);
  });
});

describe('playTokens', () => {
  it('makes a player of every token that is not special', () => {
    const { players, unexplained } = playTokens(
      'abc def',
      view(
        [
          [0, 2],
          [2, 3],
        ],
        4,
      ),
    );
    expect(players.map(({ spans, tokens }) => [spans, tokens])).toEqual([
      [[[0, 2]], [1]],
      [[[2, 3]], [2]],
    ]);
    expect(unexplained).toEqual([4, 7]);
  });
});
