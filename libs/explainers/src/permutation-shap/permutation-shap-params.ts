import { z } from 'zod';
import { gameParams } from '../game/game-params.js';

export const permutationShapParams = z.strictObject({
  ...gameParams,
  budget: z.int().min(1).max(1_000_000).default(512).meta({
    description:
      'Evaluations allowed, the empty and the full coalition among them. At least 8 n - 6 for n players, which is 4 antithetic pairs, or all 2^n where these are fewer; from 2^n on the values are exact. Coalitions that several permutations share are asked for once, so that fewer may be spent.',
  }),
  precision: z.number().positive().max(1e9).nullable().default(null).meta({
    description:
      "Half-width of the 95 % interval at which sampling stops, in the unit of the target's space, for every player and target. By default (null) all permutations that the budget allows are drawn.",
  }),
});
export type PermutationShapParams = z.output<typeof permutationShapParams>;
