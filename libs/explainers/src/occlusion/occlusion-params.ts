import { z } from 'zod';
import { gameParams } from '../game/game-params.js';

export const occlusionParams = z.strictObject({
  ...gameParams,
  window: z.int().min(1).max(100_000).default(1).meta({
    description: 'Neighbouring players hidden together; 1 hides one at a time. More than 1 for texts only.',
  }),
  stride: z.int().min(1).max(100_000).default(1).meta({
    description: 'Players between the starts of two windows, at most `window`, so that every player is hidden at least once.',
  }),
});
export type OcclusionParams = z.output<typeof occlusionParams>;
