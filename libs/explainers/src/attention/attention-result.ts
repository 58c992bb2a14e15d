import { headPatterns } from '#attribution';
import { z } from 'zod';

const share = z.number().min(0).max(1.001);

const headSchema = z.object({
  head: z.int(),
  entropy: z.number().meta({ description: 'Nats, mean over the queries: 0 for a head that looks at one token.' }),
  meanDistance: z.number().nullable().meta({ description: 'Tokens between the one that looks and what it looks at, in the mean.' }),
  first: share.meta({ description: 'Share on the first token.' }),
  previous: share.nullable().meta({ description: 'Share on the token before the one that looks; null where no query has one.' }),
  self: share.nullable().meta({ description: 'Share on the token that looks.' }),
  separator: share.nullable().meta({ description: 'Share on separators; null where there is none.' }),
  pattern: z.enum(headPatterns).meta({ description: 'What the head does for the most part; mixed where nothing prevails.' }),
});

const layerSchema = z.object({
  layer: z.int(),
  kind: z.enum(['self', 'causal-self', 'cross']),
  operator: z.string().meta({ description: 'The operator of the graph that computes it.' }),
  node: z.string().meta({ description: 'Its name.' }),
  heads: z.array(headSchema).meta({ description: 'In the order of the tensor.' }),
});

const logProbability = z.number().max(0).meta({ description: 'Natural logarithm of its probability among all tokens.' });

export const generatedToken = z.object({
  token: z.string().meta({ description: 'Its text; empty where it completes no character.' }),
  name: z.string().meta({ description: 'Its name in the vocabulary.' }),
  tokenId: z.int(),
  logProbability,
  rivals: z
    .array(z.object({ token: z.string(), name: z.string(), tokenId: z.int(), logProbability }))
    .meta({ description: 'The other tokens that were likeliest in its place.' }),
});

export const attentionResult = z.object({
  layers: z.array(layerSchema).meta({ description: 'In the order of the tensor.' }),
  queries: z.array(z.int()).meta({ description: 'Position of the token of each row of the tensor, among the features.' }),
  keys: z.int().meta({ description: 'Tokens that can be looked at: the first so many features, or those from `keysFrom` on.' }),
  keysFrom: z.int().optional().meta({
    description: 'Where these begin among the features: behind the tokens of the source, in the decoder of an encoder-decoder. Absent: 0.',
  }),
  generated: z
    .array(generatedToken)
    .optional()
    .meta({ description: 'The tokens that followed a prompt. Row i of the tensor is what was looked at when token i was chosen.' }),
  text: z.string().optional().meta({ description: 'What followed the prompt.' }),
  logProbabilities: z.array(logProbability.nullable()).optional().meta({
    description: 'Of a text that a language model read: one for each feature, given the tokens before it; null for the first.',
  }),
  stop: z.enum(['end-token', 'max-tokens', 'completion']).optional().meta({
    description: 'Why no token followed: the model ended the text, as many were generated as were asked for, or the completion ended.',
  }),
});
export type AttentionResult = z.output<typeof attentionResult>;
export type GeneratedToken = z.output<typeof generatedToken>;
