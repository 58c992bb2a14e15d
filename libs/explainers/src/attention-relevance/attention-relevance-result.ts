import { z } from 'zod';
import { generatedResult } from '../gradient/generated-result.js';

/** Which row of the relevance was read. */
export const attentionRelevanceResult = generatedResult.extend({
  layers: z.array(z.int()).meta({ description: 'Layers that the relevance was carried through, in the order of the graph.' }),
  kinds: z
    .array(z.enum(['self', 'causal-self', 'cross']))
    .optional()
    .meta({
      description: 'Of an encoder-decoder the kind of each of these layers, by which they are numbered. Absent: there is one kind.',
    }),
  readouts: z.array(z.int().nullable()).meta({
    description:
      'For each target the token whose row is read: the one that a classifier takes its answer from, the one whose logits are read; of an ' +
      'encoder-decoder its place in the output, start tokens included. Null where several are read: the mean of their rows is given.',
  }),
  outputFrom: z
    .int()
    .optional()
    .meta({ description: 'Where the output of an encoder-decoder begins among the features, behind the tokens of the source.' }),
});
export type AttentionRelevanceResult = z.output<typeof attentionRelevanceResult>;
