import { z } from 'zod';
import { gameParams } from '../game/game-params.js';
import { surrogateParams } from '../surrogate/surrogate-params.js';

export const limeTabularParams = z.strictObject({
  budget: z.int().min(2).max(1_000_000).default(5000).meta({
    description: 'Perturbed rows, the row itself included: each is one evaluation. 5000 is the default of lime.',
  }),
  background: gameParams.background.meta({
    description:
      "Training rows from which the bins, the frequencies and the spread within each bin are learnt; the model's own background rows when left out.",
  }),
  discretize: z.enum(['quartile']).default('quartile').meta({
    description: 'How numeric columns become features that are on or off: quartile cuts them at the quartiles of the background.',
  }),
  kernelWidth: z.number().min(0.001).max(1e6).nullable().default(null).meta({
    description:
      'Width of the kernel sqrt(exp(-distance² / width²)), where distance² is the number of columns outside the bin or category of the row. By default (null) 0.75 times the square root of the number of columns.',
  }),
  ...surrogateParams,
});

export type LimeTabularParams = z.output<typeof limeTabularParams>;

/** The method's own part of a result. */
export const limeTabularResult = z.strictObject({
  conditions: z.array(z.string()).meta({
    description: 'What each feature stands for: the attribution is the effect of this being so, such as 27.00 < age <= 35.00.',
  }),
});
