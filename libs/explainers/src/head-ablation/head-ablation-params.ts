import { z } from 'zod';

const gate = z.strictObject({
  layer: z.int().min(0).max(10_000).meta({ description: 'Layer of self-attention, from 0 in the order of the graph.' }),
  head: z.int().min(0).max(10_000).meta({ description: 'Head of the layer, from 0.' }),
  value: z.number().min(-10).max(10).default(0).meta({
    description: 'What the output of the head is multiplied by: 0 replaces it by zeros, 1 leaves it as it is.',
  }),
});

export const headAblationParams = z.strictObject({
  sets: z
    .union([z.literal('each'), z.array(z.array(gate).min(1).max(4096)).min(1).max(4096)])
    .default('each')
    .meta({
      description:
        'What is switched off: each (every head of every layer alone), or a list of sets of heads, each set switched off together. In ' +
        '`baseScore` all of them are off; of a head with several values the last one counts.',
    }),
});
export type HeadAblationParams = z.output<typeof headAblationParams>;

/** A head and what its output is multiplied by. */
export type HeadGate = z.output<typeof gate>;
