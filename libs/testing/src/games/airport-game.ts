import type { ToyGame } from './toy-game.js';

/**
 * The longest runway that anyone present needs: each stretch is shared equally by those who need it.
 *
 * @param lengths at least 0
 *
 * Source: S. C. Littlechild, G. Owen, "A simple expression for the Shapley value in a special case" (1973).
 */
export function airportGame(name: string, lengths: readonly number[]): ToyGame {
  const steps = [...new Set([0, ...lengths])].sort((a, b) => a - b);
  const shapley = lengths.map((length) =>
    steps.reduce((sum, step, index) => {
      const before = steps[index - 1] ?? 0;
      if (index === 0 || step > length) return sum;
      return sum + (step - before) / lengths.filter((other) => other >= step).length;
    }, 0),
  );
  return {
    name,
    players: lengths.length,
    worth: (present) => lengths.reduce((longest, length, player) => (present[player] === 1 ? Math.max(longest, length) : longest), 0),
    shapley,
  };
}
