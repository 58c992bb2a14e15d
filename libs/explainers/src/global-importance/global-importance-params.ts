import { z } from 'zod';
import { localRequestSchema } from './local-methods.js';

export const globalImportanceParams = z.strictObject({
  local: localRequestSchema
    .prefault({ method: 'kernel-shap' })
    .meta({ description: 'The method that explains each row, with its own parameters. By default kernel-shap.' }),
  replicates: z.int().min(0).max(1000).default(200).meta({
    description: 'Replicates of the bootstrap over rows, from which the intervals come; 0 for no intervals.',
  }),
  confidence: z.number().min(0.5).max(0.999).default(0.95).meta({ description: 'Probability that an interval is to cover.' }),
  sample: z.int().min(0).max(2000).default(500).meta({ description: 'Rows kept with all their attributions and values, for a beeswarm.' }),
  topTokens: z.int().min(1).max(500).default(50).meta({ description: 'Words listed toward and against each target, for texts.' }),
  rowsPerPart: z.int().min(1).max(512).default(128).meta({
    description:
      'Rows explained by one process in one go. Sums are formed part by part, so that the last digits depend on this number, and on nothing else about how the work is spread.',
  }),
});
export type GlobalImportanceParams = z.output<typeof globalImportanceParams>;
