import { z } from 'zod';
import { gradientParams } from '../gradient/gradient-params.js';

export const gradCamParams = z.strictObject({
  ...gradientParams,
  tensor: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .meta({
      description:
        'The feature map, by its name in the file; the capabilities of the model list them. By default (null) the last map that still has places, and of ' +
        'a transformer what the attention of its last layer reads.',
    }),
});
export type GradCamParams = z.output<typeof gradCamParams>;
