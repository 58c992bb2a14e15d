import { z } from 'zod';

const numbers = z.array(z.int().min(0)).min(1).max(100_000);

export const encodings = ['quantised', 'exact'] as const;
export type Encoding = (typeof encodings)[number];

/** How the tensor of a map is kept. */
export const encodingParam = z.enum(encodings).default('quantised').meta({
  description:
    'How the tensor is kept. quantised: a byte for each number, of its square root, with the largest error stated: rows sum to 1 within the sum of their roundings. exact: float32, four times as large.',
});

export const attentionParams = z.strictObject({
  kind: z
    .enum(['cross', 'decoder', 'encoder'])
    .nullable()
    .default(null)
    .meta({
      description:
        'Of an encoder-decoder: which layers are kept. cross (the default): what each token of the output looked at in the source. decoder: what it ' +
        'looked at among the tokens of the output before it. encoder: what the tokens of a text look at, with the input { "text" }. Null for every ' +
        'other model.',
    }),
  space: z
    .enum(['probability', 'score'])
    .default('probability')
    .meta({
      description:
        'What the tensor holds. score: the numbers before the softmax, scaled, with bias and mask; always kept exact. ' +
        'Summaries of heads are those of the probabilities either way.',
    }),
  layers: numbers.nullable().default(null).meta({ description: 'Layers to keep, from 0; null for all.' }),
  heads: numbers.nullable().default(null).meta({ description: 'Heads to keep of each layer, from 0; null for all.' }),
  queries: numbers.nullable().default(null).meta({
    description:
      'Positions of the tokens that look, from 0, special tokens included; null for all. After a prompt every generated token has a row.',
  }),
  rivals: z.int().min(0).max(100).default(5).meta({
    description: 'After a prompt: how many of the likeliest other tokens are named for each generated one.',
  }),
  encoding: encodingParam,
});
export type AttentionParams = z.output<typeof attentionParams>;
