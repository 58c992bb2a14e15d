import { z } from 'zod';
import { generatedResult } from '../gradient/generated-result.js';

/** Which tensor was read. */
export const gradCamResult = generatedResult.extend({
  tensor: z.string().meta({ description: 'Name of the feature map in the file.' }),
  shape: z.array(z.int()).meta({ description: '[channels, height, width] of a map, [tokens, width] of hidden states.' }),
  reason: z.string().meta({ description: 'Why this one.' }),
});
export type GradCamResult = z.output<typeof gradCamResult>;
