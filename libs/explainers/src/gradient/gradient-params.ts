import { reductions } from '#attribution';
import { z } from 'zod';

export const gradientPlayers = ['tokens', 'words', 'columns', 'cells'] as const;
export type GradientPlayers = (typeof gradientPlayers)[number];

/** Parameters of every method that explains by gradients. */
export const gradientParams = {
  players: z
    .enum(gradientPlayers)
    .nullable()
    .default(null)
    .meta({
      description:
        'What gets a number: tokens (special ones included) or words of a text, columns of a row, cells of a grid over a picture. By default (null) ' +
        'words of a text, tokens of a language model, columns of a row, cells of a picture.',
    }),
  straightThrough: z
    .boolean()
    .default(false)
    .meta({
      description:
        'Of a quantised model (QuantizeLinear, DynamicQuantizeLinear, MatMulInteger): take what rounds as if it did not, on the way back alone. The ' +
        'result is an approximation and says so. A model that does not round has its exact gradient. Source: Y. Bengio, N. Léonard and A. Courville (2013).',
    }),
};

/** Beside the attributions. */
export const keepParam = z
  .array(z.enum(['gradient', 'embedding']))
  .max(2)
  .default([])
  .meta({
    description: 'Tensors to keep: gradient (of every number of the input), embedding (the rows that a text was read as). Always exact.',
  });

export const reduceParam = z
  .enum(reductions)
  .nullable()
  .default(null)
  .meta({
    description:
      'How the gradient of many numbers becomes one. l2: its length, 0 or more. input-x-gradient: Σ gradient · input, in the unit of the score. sum: ' +
      'Σ gradient. max-abs: the largest size. By default (null) l2 of a text, max-abs of a picture, sum of a row.',
  });

export interface GradientParams {
  readonly players: GradientPlayers | null;
  readonly straightThrough: boolean;
}
