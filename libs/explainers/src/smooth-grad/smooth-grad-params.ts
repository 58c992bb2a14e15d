import { z } from 'zod';
import { gradientParams, keepParam, reduceParam } from '../gradient/gradient-params.js';

export const smoothGradParams = z.strictObject({
  ...gradientParams,
  reduce: reduceParam,
  samples: z.int().min(2).max(1000).default(50).meta({ description: 'Noisy copies of the input whose gradients are averaged.' }),
  noise: z.number().min(0).max(10).default(0.1).meta({
    description:
      'Standard deviation of the noise, as a share of the range of the numbers of the input (largest less smallest); of a row of the range of each column.',
  }),
  keep: keepParam,
});
export type SmoothGradParams = z.output<typeof smoothGradParams>;
