import { z } from 'zod';
import type { Operation } from '../../http/operation.js';
import { attentionQuery } from './attention-query.js';

const tokens = z.array(z.string());

export const attentionSchema = z
  .object({
    layer: z.int().nullable().meta({ description: 'Null for a rollout.' }),
    head: z.int().nullable().meta({ description: 'Null where `values` holds all heads.' }),
    heads: z.array(z.int()).meta({ description: 'Numbers of the heads in `values`.' }),
    queries: tokens.meta({ description: 'The tokens that look: rows.' }),
    keys: tokens.meta({ description: 'The tokens that are looked at: columns.' }),
    shape: z.array(z.int()).meta({ description: '[queries, keys], or [heads, queries, keys] where no head was chosen.' }),
    values: z.array(z.number()).meta({
      description:
        'Row-major; every row of a softmax sums to 1 but for the sum of its roundings: of quantised numbers about three times `maxAbsError` at 512 tokens.',
    }),
    maxAbsError: z.number().meta({ description: 'Largest difference between a value and the one that was computed.' }),
  })
  .meta({ id: 'Attention' });

export type AttentionAnswer = z.output<typeof attentionSchema>;

export const attentionOperation: Operation = {
  id: 'getAttention',
  method: 'GET',
  route: '/v1/explanations/:id/attention',
  tag: 'explanations',
  scope: 'read',
  summary: 'What a layer or a head looks at, as numbers or as a picture',
  about:
    'Of explanations by `attention` and `attention-rollout`. The numbers rest compressed and sealed as a whole: the first read of a large explanation opens all of ' +
    'them, further reads within a minute do not. Large ones are opened one after the other.',
  query: attentionQuery,
  path: { id: 'Id of the explanation.' },
  answers: {
    200: {
      about: 'The chosen part.',
      schema: attentionSchema,
      media: ['application/octet-stream', 'image/svg+xml'],
      headers: { ETag: 'Quoted: names the result and the form.' },
    },
  },
  problems: ['NOT_FOUND', 'PAYLOAD_ERASED', 'READS_EXHAUSTED'],
};
