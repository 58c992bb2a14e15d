import { z } from 'zod';
import { gameParams } from '../game/game-params.js';

export const occlusionParams = z.strictObject({
  ...gameParams,
  window: z.int().min(1).max(100_000).nullable().default(null).meta({
    description:
      'Text: neighbouring players hidden together, by default (null) 1; more than 1 for texts only. Picture: side of the square that is hidden, in pixels of the model; by default an eighth of the shorter side, rounded.',
  }),
  stride: z.int().min(1).max(100_000).nullable().default(null).meta({
    description:
      'Players, or pixels of a picture, between the starts of two windows: at most `window`, so that everything is hidden at least once. By default (null) 1, and half a window for a picture.',
  }),
});
export type OcclusionParams = z.output<typeof occlusionParams>;
