import { z } from 'zod';
import { gameParams } from '../game/game-params.js';

export const kernelShapParams = z.strictObject({
  ...gameParams,
  budget: z.int().min(1).max(1_000_000).default(512).meta({
    description:
      'Evaluations allowed, the empty and the full coalition among them. At least 8 n + 2 for n players, or all 2^n where these are fewer; from 2^n on the values are exact.',
  }),
  precision: z.number().positive().max(1e9).nullable().default(null).meta({
    description:
      "Half-width of the 95 % interval at which sampling stops, in the unit of the target's space, for every player and target. By default (null) the whole budget is spent.",
  }),
});
export type KernelShapParams = z.output<typeof kernelShapParams>;
