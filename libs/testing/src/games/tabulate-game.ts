import type { ToyGame } from './toy-game.js';

/** All worths of a game, [2^players]; player k is present where bit k of the index is set. */
export function tabulateGame(game: ToyGame): Float64Array {
  const present = new Uint8Array(game.players);
  return Float64Array.from({ length: 2 ** game.players }, (_, coalition) => {
    for (let player = 0; player < game.players; player++) present[player] = (coalition >>> player) & 1;
    return game.worth(present);
  });
}
