import { z } from 'zod';
import { gradientParams } from '../gradient/gradient-params.js';

export const attentionRelevanceParams = z.strictObject({
  ...gradientParams,
  keep: z
    .array(z.enum(['relevance']))
    .max(1)
    .default([])
    .meta({
      description:
        'relevance: the whole map [tokens, tokens], float32, beside the row that is read. Of an encoder-decoder: relevance [output, source], ' +
        'relevance-decoder [output, output] and relevance-encoder [source, source].',
    }),
});
export type AttentionRelevanceParams = z.output<typeof attentionRelevanceParams>;
