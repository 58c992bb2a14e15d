import { z } from 'zod';

/** What heads do beside the attributions: the scores without them. */
export const headAblationResult = z.strictObject({
  layers: z
    .array(z.strictObject({ layer: z.int(), heads: z.int() }))
    .meta({ description: 'Layers of self-attention in the order of the graph, and how many heads each has.' }),
  sets: z
    .array(
      z.strictObject({
        gates: z
          .array(z.strictObject({ layer: z.int(), head: z.int(), value: z.number() }))
          .meta({ description: 'What was switched off together, and what the outputs of the heads were multiplied by.' }),
        targets: z
          .array(
            z.strictObject({
              scoreAfter: z.number().meta({ description: 'Score with the set off.' }),
              change: z.number().meta({ description: 'Score less `scoreAfter`: the attribution.' }),
            }),
          )
          .meta({ description: 'In the order of the targets.' }),
      }),
    )
    .meta({ description: 'In the order of the features.' }),
});
export type HeadAblationResult = z.output<typeof headAblationResult>;
