/** Each further round has this many times the sample of the one before. */
const growth = 1.5;

/**
 * The size of the sample after each round of a method that looks at its errors between rounds.
 *
 * @param first size of the first round
 * @param most size of the last round
 * @param inRounds false for one round of everything
 */
export function planGrowth(first: number, most: number, inRounds: boolean): readonly number[] {
  const rounds: number[] = [];
  if (inRounds) for (let size = first; size < most; size = Math.ceil(size * growth)) rounds.push(size);
  return [...rounds, most];
}
