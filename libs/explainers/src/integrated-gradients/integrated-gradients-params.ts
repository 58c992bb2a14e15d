import { z } from 'zod';
import { gradientParams, keepParam } from '../gradient/gradient-params.js';

/** Nodes of a rule at most. */
export const mostSteps = 4096;

export const integratedGradientsParams = z
  .strictObject({
    ...gradientParams,
    baseline: z
      .enum(['pad', 'mask', 'zero', 'background-mean', 'black', 'grey', 'white'])
      .nullable()
      .default(null)
      .meta({
        description:
          'Where the path begins. Text: pad or mask (the row of that token in the place of every token but special ones and those of no player) or zero. Row: background-mean ' +
          '(the mean of the background rows) or zero. Picture: black, grey or white. By default (null) pad, background-mean, black.',
      }),
    steps: z.int().min(1).max(mostSteps).default(32).meta({
      description: 'Nodes of the Gauss-Legendre rule at first. They are doubled until the numbers add up.',
    }),
    maxSteps: z.int().min(1).max(mostSteps).default(512).meta({ description: 'Nodes at most, in one rule.' }),
    relativeTolerance: z.number().min(0).max(1).default(1e-3).meta({
      description: 'What may be missing to the difference of score and base: this share of it, and absoluteTolerance.',
    }),
    absoluteTolerance: z.number().min(0).max(1e6).default(0.01).meta({ description: 'See relativeTolerance; in the unit of the score.' }),
    keep: keepParam,
  })
  .refine(({ steps, maxSteps }) => steps <= maxSteps, { error: 'is less than steps', path: ['maxSteps'] });
export type IntegratedGradientsParams = z.output<typeof integratedGradientsParams>;
