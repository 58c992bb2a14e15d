import { Random } from '#numeric';
import type { ToyGame } from './toy-game.js';

/**
 * Each player multiplies the worth by a factor. With a = factor - 1 the value of player i is aᵢ ∫₀¹ Π_{j≠i} (1 + t aⱼ) dt, a
 * polynomial in t whose coefficients are multiplied out here.
 *
 * Source: G. Owen, "Multilinear extensions of games" (1972), theorem 5.
 */
export function multiplicativeGame(name: string, factors: readonly number[]): ToyGame {
  const shapley = factors.map((factor, player) => {
    let coefficients = [1];
    factors.forEach((other, index) => {
      if (index === player) return;
      const shifted = [0, ...coefficients.map((coefficient) => coefficient * (other - 1))];
      coefficients = shifted.map((value, power) => value + (coefficients[power] ?? 0));
    });
    return (factor - 1) * coefficients.reduce((sum, coefficient, power) => sum + coefficient / (power + 1), 0);
  });
  return {
    name,
    players: factors.length,
    worth: (present) => factors.reduce((product, factor, player) => product * (present[player] === 1 ? factor : 1), 1),
    shapley,
  };
}

/** Factors spread evenly in their logarithm, from about 0.6 to about 1.7. */
export function randomMultiplicativeGame(players: number, seed: number): ToyGame {
  const random = new Random(seed, 3, players, 0);
  const factors = Array.from({ length: players }, () => Math.exp(random.float() - 0.5));
  return multiplicativeGame(`multiplicative ${players}/${seed}`, factors);
}
