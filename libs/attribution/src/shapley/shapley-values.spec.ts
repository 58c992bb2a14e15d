import { describe, expect, it } from '@jest/globals';
import {
  airportGame,
  dividendGame,
  equalAndNullGame,
  multiplicativeGame,
  randomDividendGame,
  randomTableGame,
  sparseTreeGame,
  tabulateGame,
} from '#testing';
import { shapleyValues } from './shapley-values.js';

const games = [
  airportGame('airport', [3, 1, 4, 1, 5]),
  multiplicativeGame('multiplicative', [2, 0.5, 1, 3]),
  dividendGame('one of one', 1, [{ members: [0], amount: -2 }]),
  dividendGame('unanimity', 6, [{ members: [0, 2, 5], amount: 3 }]),
  equalAndNullGame(9, 1),
  randomDividendGame(10, 2),
  randomTableGame(11, 3),
  sparseTreeGame(12, 4),
];

describe.each(games)('shapleyValues of $name', (game) => {
  const values = shapleyValues(tabulateGame(game), game.players);

  it('equal the closed form', () => {
    values.forEach((value, player) => expect(value).toBeCloseTo(game.shapley[player] ?? NaN, 12));
  });

  it('add up to the worth of all less that of none', () => {
    const everyone = game.worth(new Array<number>(game.players).fill(1));
    const nobody = game.worth(new Array<number>(game.players).fill(0));
    expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(everyone - nobody, 12);
  });
});

describe('shapleyValues', () => {
  it('give nothing to a player who adds nothing and the same to interchangeable ones', () => {
    const values = shapleyValues(tabulateGame(equalAndNullGame(9, 1)), 9);
    expect(values[8]).toBe(0);
    expect(values[0]).toBeCloseTo(values[1] ?? NaN, 14);
  });

  it('are linear in the game', () => {
    const [a, b] = [tabulateGame(randomTableGame(8, 1)), tabulateGame(randomTableGame(8, 2))];
    const mixed = a.map((worth, index) => 2 * worth - 3 * (b[index] ?? NaN));
    const [x, y] = [shapleyValues(a, 8), shapleyValues(b, 8)];
    shapleyValues(mixed, 8).forEach((value, player) => {
      expect(value).toBeCloseTo(2 * (x[player] ?? NaN) - 3 * (y[player] ?? NaN), 13);
    });
  });

  it('do not gather rounding errors from thousands of gains', () => {
    // Player 0 adds 0.1, which no sum of doubles holds exactly: up to 6,435 of them are added for one coalition size.
    const worths = Float64Array.from({ length: 2 ** 16 }, (_, coalition) => (coalition & 1) * 0.1);
    expect(Math.abs((shapleyValues(worths, 16)[0] ?? NaN) - 0.1)).toBeLessThan(5e-17);
  });

  it('refuse a table of another size', () => {
    expect(() => shapleyValues(new Float64Array(7), 3)).toThrow(RangeError);
  });
});
