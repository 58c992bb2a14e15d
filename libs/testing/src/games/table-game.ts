import { Random } from '#numeric';
import type { ToyGame } from './toy-game.js';

/**
 * A game given by all its worths, [2^players] with player k present where bit k of the index is set. Its Shapley values
 * come from the dividends (Möbius transform), not from average gains.
 */
export function tableGame(name: string, worths: ArrayLike<number>): ToyGame {
  const players = Math.log2(worths.length);
  const dividends = Float64Array.from(worths);
  for (let player = 0; player < players; player++) {
    for (let coalition = 0; coalition < dividends.length; coalition++) {
      if ((coalition >> player) & 1) dividends[coalition] = (dividends[coalition] ?? NaN) - (dividends[coalition ^ (1 << player)] ?? NaN);
    }
  }
  const shapley = new Array<number>(players).fill(0);
  dividends.forEach((dividend, coalition) => {
    const members = shapley.map((_, player) => player).filter((player) => (coalition >> player) & 1);
    for (const member of members) shapley[member] = (shapley[member] ?? 0) + dividend / members.length;
  });
  return {
    name,
    players,
    worth: (present) => {
      let index = 0;
      for (let player = 0; player < players; player++) if (present[player] === 1) index += 2 ** player;
      return worths[index] ?? NaN;
    },
    shapley,
  };
}

/** Independent normal worths: interactions of every order, none smaller than another. */
export function randomTableGame(players: number, seed: number): ToyGame {
  const random = new Random(seed, 5, players, 0);
  return tableGame(
    `table ${players}/${seed}`,
    Float64Array.from({ length: 2 ** players }, () => random.gaussian()),
  );
}

/** A logistic curve of a weighted sum: what a probability model looks like from outside. */
export function sigmoidGame(players: number, seed: number): ToyGame {
  const random = new Random(seed, 6, players, 0);
  const weights = Array.from({ length: players }, () => 1.5 * random.gaussian());
  const start = random.gaussian();
  const worths = Float64Array.from({ length: 2 ** players }, (_, coalition) => {
    const sum = weights.reduce((total, weight, player) => total + ((coalition >> player) & 1 ? weight : 0), start);
    return 1 / (1 + Math.exp(-sum));
  });
  return tableGame(`sigmoid ${players}/${seed}`, worths);
}
