import { Random } from '#numeric';
import { dividendGame, type Dividend } from './dividend-game.js';
import type { ToyGame } from './toy-game.js';

/**
 * A few shallow decision trees over the players' presence: most players appear in none, and what one of them adds depends
 * on few others.
 *
 * @param depth decisions on the way to a leaf
 */
export function sparseTreeGame(players: number, seed: number, trees = 3, depth = 3): ToyGame {
  const random = new Random(seed, 4, players, 0);
  const dividends: Dividend[] = [];
  for (let tree = 0; tree < trees; tree++) {
    for (const { present, absent, amount } of growTree(random, players, depth, [], [])) {
      if (present.some((player) => absent.includes(player))) continue;
      dividends.push(...expandLeaf(present, absent, amount));
    }
  }
  return dividendGame(`trees ${players}/${seed}`, players, dividends);
}

interface Leaf {
  readonly present: readonly number[];
  readonly absent: readonly number[];
  readonly amount: number;
}

function growTree(random: Random, players: number, depth: number, present: readonly number[], absent: readonly number[]): Leaf[] {
  if (depth === 0) return [{ present: [...new Set(present)], absent: [...new Set(absent)], amount: random.gaussian() }];
  const player = random.below(players);
  return [
    ...growTree(random, players, depth - 1, [...present, player], absent),
    ...growTree(random, players, depth - 1, present, [...absent, player]),
  ];
}

/** Π z (present) · Π (1 - z) (absent), multiplied out: one dividend per subset of the absent. */
function expandLeaf(present: readonly number[], absent: readonly number[], amount: number): Dividend[] {
  return Array.from({ length: 2 ** absent.length }, (_, subset) => {
    const extra = absent.filter((__, index) => (subset >> index) & 1);
    return { members: [...present, ...extra], amount: extra.length % 2 === 0 ? amount : -amount };
  });
}
