import { z } from 'zod';
import { gradientParams } from '../gradient/gradient-params.js';

export const attentionRelevanceParams = z.strictObject({
  ...gradientParams,
  keep: z
    .array(z.enum(['relevance']))
    .max(1)
    .default([])
    .meta({ description: 'relevance: the whole map [tokens, tokens], float32, beside the row that is read.' }),
});
export type AttentionRelevanceParams = z.output<typeof attentionRelevanceParams>;
