import { Random } from '#numeric';
import type { ToyGame } from './toy-game.js';

/** What a set of players earns once all of them are there. */
export interface Dividend {
  readonly members: readonly number[];
  readonly amount: number;
}

/**
 * A sum of unanimity games: every game is one. A dividend is shared equally by its members.
 *
 * Source: J. C. Harsanyi, "A simplified bargaining model for the n-person cooperative game" (1963).
 */
export function dividendGame(name: string, players: number, dividends: readonly Dividend[]): ToyGame {
  const shapley = new Array<number>(players).fill(0);
  for (const { members, amount } of dividends) {
    for (const member of members) shapley[member] = (shapley[member] ?? 0) + amount / members.length;
  }
  return {
    name,
    players,
    worth: (present) =>
      dividends.reduce((sum, { members, amount }) => sum + (members.every((member) => present[member] === 1) ? amount : 0), 0),
    shapley,
  };
}

/** Single players, and groups of every size up to all players, with normal dividends that fall with the size. */
export function randomDividendGame(players: number, seed: number): ToyGame {
  const random = new Random(seed, 1, players, 0);
  const single = Array.from({ length: players }, (_, player): Dividend => ({ members: [player], amount: random.gaussian() }));
  const joint = Array.from({ length: 3 * players }, (_, index): Dividend => {
    const size = 2 + (index % (players - 1));
    return { members: [...random.choose(players, size)], amount: (2 * random.gaussian()) / Math.sqrt(size) };
  });
  return dividendGame(`dividends ${players}/${seed}`, players, [...single, ...joint]);
}

/** Players 0 and 1 are interchangeable, the last player adds nothing, the others interact. */
export function equalAndNullGame(players: number, seed: number): ToyGame {
  const random = new Random(seed, 2, players, 0);
  const others = Array.from({ length: players - 3 }, (_, index) => index + 2);
  const dividends: Dividend[] = [{ members: [0, 1], amount: random.gaussian() }];
  for (const player of others) dividends.push({ members: [player], amount: random.gaussian() });
  for (let index = 0; index < 2 * players; index++) {
    const size = 1 + random.below(others.length);
    const members = [...random.choose(others.length, size)].map((position) => others[position] ?? 0);
    const amount = random.gaussian();
    const kind = random.below(3);
    if (kind === 0) dividends.push({ members, amount });
    if (kind === 1) for (const twin of [0, 1]) dividends.push({ members: [twin, ...members], amount });
    if (kind === 2) dividends.push({ members: [0, 1, ...members], amount });
  }
  return dividendGame(`equal and null ${players}/${seed}`, players, dividends);
}
