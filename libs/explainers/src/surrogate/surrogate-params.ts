import { z } from 'zod';
import { featureSelections } from '#attribution';

/** Request parameters that every surrogate method has. */
export const surrogateParams = {
  featureSelection: z.enum(featureSelections).default('none').meta({
    description:
      'How the features of the surrogate are chosen: none keeps all; highest_weights keeps the numFeatures with the largest coefficients of a ridge regression with penalty 0.01; forward_selection adds one feature at a time, each the one that raises the weighted R² most.',
  }),
  numFeatures: z.int().min(1).max(100_000).default(10).meta({
    description: 'Features kept by highest_weights and forward_selection; all of them where the input has fewer. none does not read it.',
  }),
  ridgeAlpha: z.number().min(1e-6).max(1e9).default(1).meta({
    description: 'Penalty of the ridge regression that gives the weights: alpha times the sum of squared weights; the intercept is free.',
  }),
  keep: z
    .array(z.enum(['neighbourhood']))
    .max(1)
    .default([])
    .meta({
      description:
        'Tensors kept beside the explanation. neighbourhood [samples, features] of zeros and ones: every perturbation in the order drawn, the input first; at most 64 MiB.',
    }),
};
